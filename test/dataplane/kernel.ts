import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A network namespace of one's own; a user who is not root becomes root in it. */
const NAMESPACE = process.getuid?.() === 0 ? ['-n'] : ['-Urn'];
const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

/** Runs a shell script in a new network namespace, in a folder with these files; fails as it fails. */
export function inNamespace(script: string, files: Readonly<Record<string, string>> = {}): string {
  const cwd = mkdtempSync(join(tmpdir(), 'masq-kernel-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
    const { status, stdout, stderr, error } = spawnSync('unshare', [...NAMESPACE, 'sh', '-ec', script], {
      cwd,
      env: { PATH },
      maxBuffer: 2 ** 28,
      encoding: 'utf8',
    });
    if (error || status !== 0) throw new Error(`${script}\n${error ?? stderr}`);
    return stdout;
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

/** Whether this machine lets tests have namespaces and has the tools. In CI it has to. */
export function hasKernel(): boolean {
  const tools = ['iptables-nft', 'ip6tables-nft', 'iptables-legacy', 'ip6tables-legacy', 'nft'];
  try {
    inNamespace(
      `${tools.map(tool => `command -v ${tool}`).join(' && ')} && iptables-legacy -t nat -S && nft list ruleset`,
    );
    return true;
  } catch (error) {
    if (process.env.CI) throw error;
    console.warn(
      `SKIPPED: no network namespaces with iptables and nft here; rules are not put to the kernel: ${error}`,
    );
    return false;
  }
}
