import { closeSync, openSync, readSync } from 'node:fs';
import { diffFleets } from '../../core/analysis/fleet';
import type { Subject } from '../../core/analysis/subject';
import { chosen } from '../ask/chosen';
import { readSource } from '../ask/source';
import { asking, factsOf, readWith } from '../ask/told';
import { podText } from '../ask/words';
import { kindOf } from '../files';
import type { Invocation } from '../masq';
import { writeNewFile } from '../new-file';
import { comparison, firstChanged, type Report } from '../report/comparison';
import { firstPod, titleName, tonesFor } from '../report/look';
import { REPORT_MARK, reportPage } from '../report/page';
import { mapSvg, SVG_MARK } from '../report/svg';
import { readSides } from '../side';
import { refuse, stdout } from '../stdio';

/** What is written where nobody says. */
const PAGE = 'masq-report.html';
const PICTURE = 'masq-report.svg';

/** `masq report`: treatment maps to look at, as a page or as a picture. */
export async function run({ values, positionals }: Invocation): Promise<number> {
  const before = values.before as string[];
  const svg = values.svg === true;
  const source = readSource(values.from as string | undefined, values.namespace as string | undefined, positionals);
  if (typeof source === 'string') return refuse([source]);
  if (source.pod && !svg) return refuse(['--from and --namespace go with --svg; the page shows every kind of pods']);
  const misnamed = wrongEnding(values.output as string | undefined, svg);
  if (misnamed !== undefined) return refuse([misnamed]);
  const read = await readSides(before.length > 0 ? [positionals, before] : [positionals], values);
  if (!read.ok) return read.code;
  const name = values.cluster as string | undefined;
  const [after, old] = read.sides.map(side => chosen(side.subjects, name));
  if (typeof after === 'string') return refuse([after]);
  if (typeof old === 'string') return refuse([`--before: ${old}`]);
  const made: Made = old
    ? compared(old, after!, positionals, values)
    : { clusters: after!.map(one => ({ name: one.name, after: one })) };
  if ('refusals' in made) return refuse(made.refusals);
  if (!svg)
    return write(values.output as string | undefined, PAGE, reportPage(made), REPORT_MARK, made.clusters.length);
  const cluster = firstChanged(made) ?? made.clusters[0]!;
  if (made.clusters.length > 1 && cluster !== firstChanged(made)) {
    const names = made.clusters.map(one => one.name).join(', ');
    return refuse([`--svg is a picture of one cluster; name it with --cluster: there are ${names}`]);
  }
  const pod = source.pod ?? firstPod(cluster);
  const partition = tonesFor(cluster, old ? 'changes' : 'after', pod)[4];
  const places = (cluster.after ?? cluster.before)!.places;
  const whom = source.pod ? source.text : pod && podText(pod);
  const title = `${old ? 'What changes in IPv4' : 'IPv4'}: ${titleName(cluster)}${othersText(made)}`;
  const caption = { title, ...(whom !== undefined && { whom }), places };
  return write(values.output as string | undefined, PICTURE, mapSvg(partition, caption).text, SVG_MARK, 1);
}

/** That other clusters change too, for a picture of the first one. */
function othersText({ asked }: Report): string {
  const others = (asked?.diff.changed ?? []).reduce((sum, { clusters }) => sum + clusters.length, 0) - 1;
  return others > 0 ? `, and ${others} more ${others === 1 ? 'cluster' : 'clusters'}` : '';
}

/** What is said of a file that is called like the other thing that is written. */
function wrongEnding(output: string | undefined, svg: boolean): string | undefined {
  if (output === undefined || !(svg ? /\.html?$/i : /\.svg$/i).test(output)) return undefined;
  return svg
    ? `"${output}" is called like a page, and --svg writes a picture; name a file such as ${PICTURE}, or leave --svg out`
    : `"${output}" is called like a picture, and a page is written; say --svg for the picture, or name a file such as ${PAGE}`;
}

type Made = Report | { readonly refusals: readonly string[] };

/** Both sides, cluster by cluster, and what changes from one to the other. */
function compared(
  before: readonly Subject[],
  after: readonly Subject[],
  words: readonly string[],
  values: Invocation['values'],
): Made {
  const diff = diffFleets(before, after);
  if (diff.refusals.length > 0) return { refusals: diff.refusals };
  const [file, another] = values.before as string[];
  const isGiven = another !== undefined || (values.facts as string[]).length > 0;
  const facts = isGiven ? [] : factsOf(file, before, after);
  const ask = asking([...words, ...readWith(values, after), ...facts], after.length === 1);
  return { clusters: comparison(before, after), asked: { diff, hits: [], ask } };
}

function write(named: string | undefined, usual: string, text: string, mark: string, clusters: number): number {
  const file = named ?? usual;
  if (file === '-') {
    stdout.write(text);
    return 0;
  }
  const wrong = isForeign(file, mark)
    ? `"${file}" is no report of masq and is left as it is; name another file with -o`
    : writeNewFile(file, text, { force: true });
  if (wrong !== undefined) return refuse([wrong]);
  const size = `${Math.ceil(Buffer.byteLength(text) / 1024)} KiB`;
  stdout.write(
    `wrote ${file}: ${clusters === 1 ? '1 cluster' : `${clusters} clusters`}, ${size}; open it in a browser\n`,
  );
  return 0;
}

/** Whether a file is there that masq has not written: reports are written over, and nothing else is. */
function isForeign(file: string, mark: string): boolean {
  const there = kindOf(file);
  if (!there?.isFile() || there.size === 0) return false;
  const head = Buffer.alloc(mark.length);
  const open = openSync(file, 'r');
  try {
    readSync(open, head);
  } finally {
    closeSync(open);
  }
  return head.toString('utf8') !== mark;
}
