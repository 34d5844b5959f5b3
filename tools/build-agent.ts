import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { bundle } from './agent/bundle';
import { ARCHITECTURES, type Architecture, executable, ownArchitecture } from './agent/executable';

/**
 * Builds the agent: build/masq-agent as a static executable, and build/masq-agent.cjs for Node. With `--arch` another
 * machine's executable, build/masq-agent-ARCH.
 */
async function main(): Promise<number> {
  const { arch } = parseArgs({ options: { arch: { type: 'string' } } }).values;
  const architecture = arch ?? ownArchitecture();
  if (!isArchitecture(architecture)) {
    process.stderr.write(`"${arch}" is no architecture of the agent; write ${ARCHITECTURES.join(' or ')}\n`);
    return 2;
  }
  const own = architecture === ownArchitecture();
  mkdirSync('build', { recursive: true });
  put(`build/masq-agent${own ? '' : `-${architecture}`}`, await executable('agent/entry-quickjs.ts', architecture));
  if (own) put('build/masq-agent.cjs', `#!/usr/bin/env node\n${await bundle('agent/entry-node.ts')}`);
  return 0;
}

function isArchitecture(name: string): name is Architecture {
  return (ARCHITECTURES as readonly string[]).includes(name);
}

function put(path: string, content: Buffer | string): void {
  writeFileSync(path, content, { mode: 0o755 });
  process.stdout.write(`${path}: ${content.length} bytes\n`);
}

main().then(
  code => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
