import { type Both, both, cidr, FAMILIES, formatCidr, IntervalSet, Partition, setsOf } from '../../address';
import type { PodSelector } from '../../intent/selector';
import type { Asked, EgressRule, TreatmentMap } from '../../treatment/map';
import type { Decision, Treatment } from '../../treatment/treatment';
import type { Subject } from '../subject';
import { fromBase64, toBase64 } from './base64';
import { ByteReader, ByteWriter } from './bytes';
import { ChunkReader, ChunkWriter } from './chunks';
import { lazily } from './lazily';
import { Pool } from './pool';
import { placeIn, RuleReader, RuleWriter, type Words } from './rules';

/** A cluster of a report: on one side, or on both of a comparison. */
export interface ReportCluster {
  /** Its name. */
  readonly name: string;
  /** What happened to its packets; absent where nothing is compared, or the cluster is new. */
  readonly before?: Subject;
  /** What happens to them; absent where the cluster is gone. */
  readonly after?: Subject;
}

/** Clusters with all that is known of what happens to their packets, as JSON can carry it and as small as it gets. */
export interface Packed {
  readonly clusters: readonly PackedCluster[];
  readonly words: Words;
  /** What reads as which kind of files. */
  readonly kinds: readonly string[];
  readonly places: readonly (readonly PackedPlace[])[];
  readonly egress: readonly (readonly PackedEgress[])[];
  /** The rules' bytes, in base64: the chunks' length, the chunks, the rules. */
  readonly bytes: string;
}

/** A cluster, its parts by their numbers. */
export interface PackedCluster {
  readonly name: string;
  readonly before?: PackedSubject;
  readonly after?: PackedSubject;
}

interface PackedSubject {
  readonly name: string;
  readonly kind: number;
  readonly places: number;
  readonly egress: number;
  /** Where its rules stand among all. */
  readonly at: number;
}

interface PackedPlace {
  readonly name: string;
  readonly cidrs: readonly string[];
}

interface PackedEgress {
  readonly pods: readonly PodSelector[];
  readonly to: readonly string[];
  readonly treatment: Treatment;
  readonly rule: string;
  readonly note?: string;
  readonly at?: readonly [file: string, line: number, column: number];
  readonly isPart?: true;
}

/** Packs clusters; {@link unpack} has them back. The same clusters are the same text, on every machine. */
export function pack(clusters: readonly ReportCluster[]): Packed {
  const chunks = new ChunkWriter();
  const rules = new RuleWriter(chunks);
  const records = new ByteWriter();
  const known = new Map<string, number>();
  const kinds = new Pool<string>();
  const places = new Pool<readonly PackedPlace[]>();
  const egress = new Pool<readonly PackedEgress[]>();
  const packSubject = ({ name, map, as, places: own }: Subject): PackedSubject => {
    const record = new ByteWriter();
    for (const family of FAMILIES) rules.write(rulesOf(map)[family], family, record);
    const bytes = record.finish();
    const key = bytes.join();
    const at = known.get(key) ?? records.length;
    if (!known.has(key)) {
      known.set(key, at);
      records.append(bytes);
    }
    return {
      name,
      kind: kinds.numberOf(as),
      places: places.numberOf(own.map(place => ({ name: place.name, cidrs: textsOf(place.sets) }))),
      egress: egress.numberOf(map.egress.map(packEgress)),
      at,
    };
  };
  const packed = clusters.map(({ name, before, after }) => ({
    name,
    ...(before && { before: packSubject(before) }),
    ...(after && { after: packSubject(after) }),
  }));
  const all = new ByteWriter();
  const chunkBytes = chunks.finish();
  all.unsigned(chunkBytes.length);
  all.append(chunkBytes);
  all.append(records.finish());
  return {
    clusters: packed,
    words: rules.words,
    kinds: kinds.things,
    places: places.things,
    egress: egress.things,
    bytes: toBase64(all.finish()),
  };
}

/** The rules that a map comes from; of one that comes from none, a rule for each of its decisions. */
function rulesOf({ asked, base }: TreatmentMap): Both<Asked> {
  return both(family => {
    const { layers, otherwise } = asked[family];
    const made = Partition.fromLayers(family, layers, otherwise);
    if (!made.firstDifference(base[family], (a, b) => a === b)) return asked[family];
    const decisions = new Set<Decision>();
    for (const { value } of base[family].entries()) decisions.add(value);
    const all = [...decisions].map(value => ({ set: base[family].where(one => one === value), value }));
    return { layers: all.slice(0, -1), otherwise: all.at(-1)!.value };
  });
}

function packEgress({ pods, destinations, decision, isPart }: EgressRule): PackedEgress {
  const { treatment, rule, note, at } = decision;
  const start = at?.range?.start;
  return {
    pods,
    to: destinations.cidrs().map(formatCidr),
    treatment,
    rule,
    ...(isPart && { isPart }),
    ...(note !== undefined && { note }),
    ...(at?.file !== undefined && start && { at: [at.file, start.line, start.column] as const }),
  };
}

function textsOf(sets: Both<IntervalSet>): string[] {
  return FAMILIES.flatMap(family => sets[family].cidrs().map(formatCidr));
}

/** Clusters that can be had one by one from what {@link pack} made. */
export interface Unpacked {
  /** The clusters' names, and on which sides they are. */
  readonly clusters: readonly PackedCluster[];
  /** A cluster, by its number; its rules and what comes of them are read when they are asked for. */
  readonly cluster: (index: number) => ReportCluster;
}

/** Makes ready to read what {@link pack} made. */
export function unpack(packed: Packed): Unpacked {
  const bytes = fromBase64(packed.bytes);
  const head = new ByteReader(bytes);
  const chunksLength = head.unsigned();
  const records = head.at + chunksLength;
  const rules = new RuleReader(packed.words, new ChunkReader(bytes.subarray(head.at, records)));
  const readMap = (egress: number, at: number): TreatmentMap => {
    const from = new ByteReader(bytes, records + at);
    const asked = both(family => rules.read(family, from));
    const base = both(family =>
      lazily(() => Partition.fromLayers(family, asked[family].layers, asked[family].otherwise)),
    );
    return {
      base: {
        get 4() {
          return base[4]();
        },
        get 6() {
          return base[6]();
        },
      },
      asked,
      egress: packed.egress[egress]!.map(unpackEgress),
    };
  };
  const known = packed.places.map(list =>
    lazily(() => list.map(place => ({ name: place.name, sets: setsOf(place.cidrs.map(cidr)) }))),
  );
  const readSubject = ({ name, kind, places, egress, at }: PackedSubject): Subject => {
    const map = lazily(() => readMap(egress, at));
    return {
      name,
      as: packed.kinds[kind]!,
      get places() {
        return known[places]!();
      },
      get map() {
        return map();
      },
    };
  };
  return {
    clusters: packed.clusters,
    cluster: index => {
      const { name, before, after } = packed.clusters[index]!;
      return {
        name,
        ...(before && { before: readSubject(before) }),
        ...(after && { after: readSubject(after) }),
      };
    },
  };
}

function unpackEgress({ pods, to, treatment, rule, note, at, isPart }: PackedEgress): EgressRule {
  return {
    pods,
    destinations: IntervalSet.fromCidrs(4, to.map(cidr)),
    decision: { treatment, rule, ...(note !== undefined && { note }), ...(at && { at: placeIn(...at) }) },
    ...(isPart && { isPart }),
  };
}
