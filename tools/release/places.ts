/** A file that names the version of the package, and where in it. */
export interface Place {
  readonly file: string;
  /** The version is its one group; every match is a place. */
  readonly pattern: RegExp;
}

const PLUGIN = /class: MasqValidation\n\s+version: (\S+)/dg;
const IMAGE = /masq-agent:(\d+\.\d+\.\d+[-.\w]*)/dg;

/** Everywhere that people copy a version from, package.json first. */
export const PLACES: readonly Place[] = [
  { file: 'package.json', pattern: /^ {2}"version": "([^"]+)"/dgm },
  { file: 'package-lock.json', pattern: /"name": "cdk8s-masq",\n\s+"version": "([^"]+)"/dg },
  { file: 'README.md', pattern: PLUGIN },
  { file: 'cdk8s.yaml', pattern: PLUGIN },
  { file: 'constructs/validation-plugin.ts', pattern: /MasqValidation, version: ([^\s}]+)/dg },
  { file: 'cli/first-intent.ts', pattern: IMAGE },
  { file: 'ci/gitlab.yml', pattern: /(?:ref: v|cdk8s-masq@)(\S+)/dg },
  { file: 'image/Dockerfile', pattern: /image\.version="([^"]+)"/dg },
  { file: 'docs/image.md', pattern: IMAGE },
  { file: 'examples/masq-agent/intent.yaml', pattern: IMAGE },
  { file: 'dist/masq-agent/30-daemonset-ip-masq-agent.yaml', pattern: IMAGE },
];

/** The versions that a text names in its places, with the line of each. */
export function versionsIn(text: string, { pattern }: Place): { version: string; line: number }[] {
  return [...text.matchAll(pattern)].map(match => ({
    version: match[1]!,
    line: text.slice(0, match.index).split('\n').length,
  }));
}

/** The text with another version in its places. */
export function withVersion(text: string, { pattern }: Place, version: string): string {
  let changed = text;
  for (const match of [...text.matchAll(pattern)].toReversed()) {
    const [from, to] = match.indices![1]!;
    changed = changed.slice(0, from) + version + changed.slice(to);
  }
  return changed;
}
