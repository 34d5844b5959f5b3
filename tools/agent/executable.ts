import { readFileSync } from 'node:fs';
import { tar } from '../image/tar';
import { Tree } from '../image/tree';
import { bundleParts, NATIVE, type Part } from './bundle';
import { DebianRoot } from './debian';
import { wordsOf } from './words';

/** Machines that the agent is built for, by Debian's names. */
export const ARCHITECTURES = ['amd64', 'arm64'] as const;

/** A machine that the agent is built for. */
export type Architecture = (typeof ARCHITECTURES)[number];

/** GNU's names of them, by which Debian names folders and compilers. */
export const GNU: Readonly<Record<Architecture, string>> = { amd64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

/** Whether a word is the name of one. */
export function isArchitecture(name: string): name is Architecture {
  return (ARCHITECTURES as readonly string[]).includes(name);
}

/** The machine that this runs on. */
export function ownArchitecture(): Architecture {
  if (process.arch === 'x64') return 'amd64';
  if (process.arch === 'arm64') return 'arm64';
  throw new Error(`the agent cannot be built on ${process.arch}; build it on x64 or arm64`);
}

const C_FILES = ['main.c', 'native.c', 'native.h', 'sockets.c'];

/** A program for QuickJS as a static executable, which needs nothing else. The same source gives the same bytes. */
export async function executable(entry: string, architecture: Architecture): Promise<Buffer> {
  const { parts } = await bundleParts(entry);
  const sources = new Tree();
  for (const name of C_FILES) sources.file(`/${name}`, readFileSync(`agent/platform/${name}`));
  for (const { name, text } of parts) sources.file(`/${name}`, text);
  sources.file('/modules.h', modulesHeader(parts));
  return agentSystem(architecture).run(script(parts, architecture), tar(sources));
}

/** Debian's QuickJS is linked whole and statically; what it brings with it decides the size, not how main.c is compiled. */
function script(parts: readonly Part[], architecture: Architecture): string {
  const gnu = GNU[architecture];
  // Each part by itself: it finds the others when it runs.
  const others = [...NATIVE, ...parts.map(({ name }) => name)].map(name => `-M ${name}`).join(' ');
  const compile = parts.map(({ name }, n) => `qjsc -c -m -s ${others} -N code_${n} -o code_${n}.h ${name}`);
  return `
    work=$(mktemp -d)
    cd "$work"
    tar -x
    ${compile.join('\n    ')}
    ${gnu}-gcc -Os -Wall -Wextra -static -s -Wl,--gc-sections -Wl,--build-id=none -idirafter /usr/include \\
      -D_GNU_SOURCE -o masq-agent main.c native.c sockets.c /usr/lib/${gnu}/quickjs/libquickjs.a -lm >&2
    cat masq-agent
    rm -r "$work"`;
}

/** The table of the parts' bytecode. */
function modulesHeader(parts: readonly Part[]): string {
  return [
    ...parts.map((_, n) => `#include "code_${n}.h"`),
    'static const struct module { const char *name; const uint8_t *code; size_t size; } modules[] = {',
    ...parts.map(({ name }, n) => `  {"${name}", code_${n}, sizeof code_${n}},`),
    '};',
    '#define MODULES (sizeof modules / sizeof modules[0])',
    '',
  ].join('\n');
}

/** The Debian packages that are linked into an executable, as paths of one file of each. */
export function linkedLibraries(architecture: Architecture): readonly string[] {
  const gcc = `${GNU[architecture]}-gcc`;
  const files = `$(${gcc} -print-file-name=libc.a) $(${gcc} -print-libgcc-file-name)`;
  const quickjs = `/usr/lib/${GNU[architecture]}/quickjs/libquickjs.a`;
  return agentSystem(architecture).run(`realpath ${quickjs} ${files}`).toString().trim().split('\n');
}

/** The Debian system that the agent is built in, and that its image takes files from. */
export function agentSystem(architecture: Architecture): DebianRoot {
  const own = ownArchitecture();
  const isCross = architecture !== own;
  // What runs while the agent is built is of this machine.
  const tools: Readonly<Record<string, string>> = {
    quickjs: 'quickjs',
    gcc: isCross ? `gcc-${GNU[architecture].replaceAll('_', '-')}` : 'gcc',
    'libc6-dev': isCross ? `libc6-dev-${architecture}-cross` : 'libc6-dev',
  };
  return DebianRoot.make({
    suite: 'trixie',
    architectures: isCross ? [own, architecture] : [own],
    packages: wordsOf('image/packages').map(([name]) => tools[name!] ?? `${name}:${architecture}`),
  });
}
