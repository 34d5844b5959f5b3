import { parseArgs } from 'node:util';
import { bundle } from './agent/bundle';
import { ARCHITECTURES, executable, isArchitecture, ownArchitecture } from './agent/executable';
import { put } from './put';

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
  put(
    `build/masq-agent${own ? '' : `-${architecture}`}`,
    await executable('agent/entry-quickjs.ts', architecture),
    0o755,
  );
  if (own) put('build/masq-agent.cjs', `#!/usr/bin/env node\n${await bundle('agent/entry-node.ts')}`, 0o755);
  return 0;
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
