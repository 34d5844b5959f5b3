import type { Backend, Fault } from './backend';
import { isFault } from './backend';
import { configOf, findingLine, LARGEST_FILE } from './config';
import { planText } from './dry-run';
import { faultWords } from './fault-words';
import { whyNotAlive, whyNotReady } from './health';
import { IptablesBackend } from './iptables';
import { NftablesBackend } from './nftables';
import type { Options } from './options';
import type { Platform } from './platform/platform';
import { readState, type State } from './state';

/** Faults of what a file holds; others keep it from being read. */
const FAULTS_OF_CONTENT = ['EFBIG', 'EILSEQ'];

/** `masq-agent check FILE`: what is wrong with it. */
export async function check(platform: Platform, { file = '-', unknownKeys }: Options): Promise<number> {
  const isInput = file === '-';
  const name = isInput ? '<stdin>' : file;
  const bytes = isInput ? platform.readInput(LARGEST_FILE) : platform.readFile(file, LARGEST_FILE);
  if (!bytes.ok && !FAULTS_OF_CONTENT.includes(bytes.fault.code)) {
    platform.print('err', `${name} cannot be read: ${faultWords(bytes.fault.code)}\n`);
    return 2;
  }
  const read = await configOf(name, bytes, { unknownKeys });
  const lines = read.kind === 'unreadable' ? [read.why] : read.findings.map(findingLine);
  const verdict = `${name} is ${read.kind === 'valid' ? 'valid' : 'refused'}`;
  platform.print('out', `${[...lines, verdict].join('\n')}\n`);
  return read.kind === 'valid' ? 0 : 1;
}

/** `masq-agent status`: what the running agent last saw. */
export function status(platform: Platform, { stateFolder, logFormat }: Options): number {
  const state = readState(platform, stateFolder);
  if (typeof state === 'string') {
    platform.print('err', `${state}\n`);
    return 1;
  }
  platform.print('out', logFormat === 'json' ? `${JSON.stringify(state)}\n` : statusText(state));
  return state.ready ? 0 : 1;
}

function statusText({
  version,
  backend,
  verdict,
  ready,
  message,
  config,
  lastChange,
  lastProof,
  counts,
}: State): string {
  const rows: readonly (readonly [string, string])[] = [
    ['verdict', `${verdict}${ready ? '' : ' (not ready)'}`],
    ...(message === '' ? [] : [['because', message] as const]),
    ...configRows(config),
    ['last proof', lastProof ?? 'never'],
    ['last change', lastChange ?? 'never'],
    [
      'counts',
      Object.entries(counts)
        .map(([name, n]) => `${name} ${n}`)
        .join(', '),
    ],
    ['agent', `${version}${backend === undefined ? '' : ` with ${backend}`}`],
    ...config.findings.map(finding => ['finding', finding] as const),
  ];
  return rows.map(([name, text]) => `${name.padEnd(12)}${text}\n`).join('');
}

/** Where what is enforced comes from, in words. */
const SOURCES: Readonly<Record<State['config']['source'], string>> = {
  file: '',
  'built-in': ' is not there: the built-in list',
  'last-good': ' is refused: what was good last',
  none: ' is refused, and nothing was good before: nothing is enforced',
};

function configRows({ path, source, preserved, digest, generation }: State['config']): (readonly [string, string])[] {
  if (source === 'none') return [['config', `${path}${SOURCES[source]}`]];
  return [
    ['config', `${path}${SOURCES[source]}, ${preserved} CIDRs preserved`],
    ['digest', `${digest}, generation ${generation}`],
  ];
}

/** `masq-agent healthz`: whether the agent lives, or with `--ready` whether it is ready too. */
export function healthz(platform: Platform, { stateFolder, ready }: Options): number {
  const why = ready ? whyNotReady(platform, stateFolder) : whyNotAlive(platform, stateFolder);
  if (why !== undefined) platform.print('out', `${why}\n`);
  return why === undefined ? 0 : 1;
}

/** How often a backend's rules are removed until it counts as a fault that there are some again. */
const ROUNDS = 3;

/** `masq-agent cleanup`: removes everything that is ours, whichever backend wrote it. */
export async function cleanup(platform: Platform): Promise<number> {
  const nft = [new IptablesBackend(platform, 'nft'), new NftablesBackend(platform)];
  const legacy = new IptablesBackend(platform, 'legacy');
  let removed = 0;
  const faults = new Map<Backend, Fault>();
  for (const backend of [...nft, legacy]) {
    const answer = await removeAll(backend, what => {
      removed++;
      platform.print('out', `removed ${what} (${backend.name})\n`);
    });
    if (answer) faults.set(backend, answer);
  }
  for (const { why } of faults.values()) platform.print('err', `${why}\n`);
  // A node need not have the tools of both of nf_tables' backends, but without any of them nobody has looked. Legacy
  // iptables is asked only where the kernel has a table of it.
  const isBlind = faults.has(legacy) || nft.every(backend => faults.has(backend));
  if (isBlind || [...faults.values()].some(({ isMissing }) => !isMissing)) return 1;
  if (removed === 0) platform.print('out', 'there was nothing to remove\n');
  return 0;
}

/** Removes what is ours until nothing is found any more: a fault in one family must not hide behind what the other had. */
async function removeAll(backend: Backend, tell: (what: string) => void): Promise<Fault | undefined> {
  for (let round = 0; round < ROUNDS; round++) {
    const answer = await backend.removeLeftovers(undefined);
    if (isFault(answer)) return answer;
    if (answer.length === 0) return undefined;
    for (const what of answer) tell(what);
  }
  return { why: `rules come back as soon as they are removed (${backend.name}): end the agent first` };
}

/** `masq-agent --dry-run`: the rules that the file asks for. */
export async function dryRun(platform: Platform, options: Options): Promise<number> {
  const { config, unknownKeys } = options;
  const read = await configOf(config, platform.readFile(config, LARGEST_FILE), { unknownKeys });
  if (read.kind === 'unreadable') {
    platform.print('err', `${read.why}\n`);
    return 1;
  }
  for (const finding of read.findings) platform.print('err', `${findingLine(finding)}\n`);
  if (read.kind === 'refused') return 1;
  platform.print('out', planText(read.config, options));
  return 0;
}
