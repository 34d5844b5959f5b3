import { bundle } from './agent/bundle';
import { architectureOf, optionsOf, runBuild } from './agent/command';
import { executable, ownArchitecture } from './agent/executable';
import { type Output, put } from './put';

/**
 * Builds the agent: build/masq-agent as a static executable, and build/masq-agent.cjs for Node. With `--arch` another
 * machine's executable, build/masq-agent-ARCH.
 */
async function main(): Promise<void> {
  const architecture = architectureOf(optionsOf(['arch']).arch);
  const own = architecture === ownArchitecture();
  const outputs: Output[] = [
    {
      path: `build/masq-agent${own ? '' : `-${architecture}`}`,
      content: await executable('agent/entry-quickjs.ts', architecture),
      mode: 0o755,
    },
  ];
  if (own) {
    const content = `#!/usr/bin/env node\n${await bundle('agent/entry-node.ts')}`;
    outputs.push({ path: 'build/masq-agent.cjs', content, mode: 0o755 });
  }
  put(outputs);
}

runBuild(main);
