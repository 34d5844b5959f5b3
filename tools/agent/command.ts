import { parseArgs } from 'node:util';
import { ARCHITECTURES, type Architecture, isArchitecture, ownArchitecture } from './executable';

/** What is wrong with a call, not with what it builds. */
export class UsageFault extends Error {}

/** Runs a program that builds: exit code 1 when it cannot, 2 when it is called wrongly. */
export function runBuild(build: () => Promise<void>): void {
  build().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message.trimEnd() : String(error)}\n`);
    process.exitCode = error instanceof UsageFault ? 2 : 1;
  });
}

/** The values that a call gives to options, each of which takes one. */
export function optionsOf<Name extends string>(names: readonly Name[]): Partial<Record<Name, string>> {
  try {
    const options = Object.fromEntries(names.map(name => [name, { type: 'string' as const }]));
    return parseArgs({ options }).values as Partial<Record<Name, string>>;
  } catch (error) {
    const [said] = String((error as Error).message).split(/\. |\n/);
    throw new UsageFault(`${said}; the options are ${names.map(name => `--${name}`).join(', ')}`);
  }
}

/** The machine that a call names, or this one. */
export function architectureOf(name: string = ownArchitecture()): Architecture {
  if (isArchitecture(name)) return name;
  throw new UsageFault(`"${name}" is no architecture of the agent; write ${ARCHITECTURES.join(' or ')}`);
}
