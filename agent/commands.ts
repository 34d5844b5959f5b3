import type { Backend } from './backend';
import { isFault } from './backend';
import { configOf, findingLine, LARGEST_FILE } from './config';
import { planText } from './dry-run';
import { whyNotAlive, whyNotReady } from './health';
import { IptablesBackend } from './iptables';
import { NftablesBackend } from './nftables';
import type { Options } from './options';
import type { Platform } from './platform/platform';
import { readState, type State } from './state';

/** `masq-agent check FILE`: what is wrong with it. */
export async function check(platform: Platform, { file, unknownKeys }: Options): Promise<number> {
  const read = await configOf(file!, platform.readFile(file!, LARGEST_FILE), { unknownKeys });
  if (read.kind === 'unreadable') {
    platform.print('err', `${read.why}\n`);
    return 1;
  }
  if (read.kind === 'valid' && read.text === undefined) {
    platform.print('err', `${file} does not exist\n`);
    return 2;
  }
  for (const finding of read.findings) platform.print('out', `${findingLine(finding)}\n`);
  platform.print('out', `${file} ${read.kind === 'valid' ? 'is valid' : 'is refused'}\n`);
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
    ['config', `${config.source === 'file' ? config.path : config.source}, ${config.preserved} CIDRs preserved`],
    ['digest', `${config.digest}, generation ${config.generation}`],
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

/** `masq-agent healthz`: whether the agent lives, or with `--ready` whether it is ready too. */
export function healthz(platform: Platform, { stateFolder, ready }: Options): number {
  const why = ready ? whyNotReady(platform, stateFolder) : whyNotAlive(platform, stateFolder);
  if (why !== undefined) platform.print('out', `${why}\n`);
  return why === undefined ? 0 : 1;
}

/** `masq-agent cleanup`: removes everything that is ours, whichever backend wrote it. */
export async function cleanup(platform: Platform): Promise<number> {
  const backends: readonly Backend[] = [
    new IptablesBackend(platform, 'nft'),
    new IptablesBackend(platform, 'legacy'),
    new NftablesBackend(platform),
  ];
  const removed: string[] = [];
  const faults: string[] = [];
  for (const backend of backends) {
    const answer = await backend.removeLeftovers(undefined);
    if (isFault(answer)) faults.push(answer.why);
    else removed.push(...answer.map(what => `${what} (${backend.name})`));
  }
  for (const what of removed) platform.print('out', `removed ${what}\n`);
  // A node rarely has all three; that one answers is enough.
  if (faults.length < backends.length) {
    if (removed.length === 0) platform.print('out', 'there was nothing to remove\n');
    return 0;
  }
  for (const why of faults) platform.print('err', `${why}\n`);
  return 1;
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
