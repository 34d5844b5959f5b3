import type { DebianRoot } from '../agent/debian';
import { type Architecture, GNU } from '../agent/executable';

/** The version by which the module asks for the function: that of the first glibc on the machine. */
const VERSION: Readonly<Record<Architecture, string>> = { amd64: 'GLIBC_2.2.5', arm64: 'GLIBC_2.17' };

/**
 * glibc's libm.so.6 with `lround` alone, linked from Debian's libm.a. All of it is as large as a tenth of the image, and
 * that one function is what iptables needs of it, in the module `statistic` that kube-proxy's rules use.
 */
export function smallMathLibrary(root: DebianRoot, architecture: Architecture): Buffer {
  const script = `
    work=$(mktemp -d)
    cd "$work"
    echo '${VERSION[architecture]} { global: lround; local: *; };' > version
    ${GNU[architecture]}-gcc -shared -nostdlib -s -Wl,--build-id=none -Wl,--gc-sections -Wl,-soname,libm.so.6 \\
      -Wl,--version-script=version -Wl,-u,lround -o libm.so.6 -Wl,-Bstatic -lm >&2
    cat libm.so.6
    rm -r "$work"`;
  return root.run(script);
}
