import { both, type Cidr, cidr, FAMILIES, NAMED_RANGES, namedRange, parseCidr } from '../address';
import { suggest, type ValuePath } from '../diagnostics';
import { isPlaceholder } from '../schema/placeholder';
import { checkEmptied, checkRedundancy } from './check-list';
import { addFault, isName, type Meaning, meaningOf, readEntries, unionOfEntries } from './entry';
import type { Findings } from './findings';

/** The name that stands for what a platform preserves when no list is given. */
export const PLATFORM_DEFAULT = 'platform-default';

/** How many ranges may stand one behind the other: each takes its part of the stack. */
const DEEPEST = 64;

/** How many CIDRs the names in a file's lists may stand for, all together. */
const MOST = 2_000_000;

/** How often an unknown name of a file is compared with a known one, to find the one that was meant. */
const COMPARISONS = 200_000;

/** What the scopes of a file have in common. */
interface Shared {
  /** The scopes that names were published by; of several the last. */
  readonly names: Map<string, RangeScope>;
  /** How many CIDRs names may still bring in. */
  cidrs: number;
  /** How many comparisons are left. */
  comparisons: number;
}

/** Where names of ranges are looked up: the document's own, then those of the file's RangeSets, then the registry. */
export class RangeScope {
  private readonly resolved = new Map<string, Meaning | undefined>();
  private readonly resolving: string[] = [];
  private readonly used = new Set<string>();
  private readonly shared: Shared;
  private tooDeep = false;
  /** Whether the definitions could not be read, so that any name may be one of them. */
  private readonly isUnreadable: boolean;

  /**
   * @param findings where faults of this scope's own definitions go
   * @param definitions the raw `ranges` of the document, by name
   * @param path the way to `ranges` in the document
   * @param outer the scope of the last RangeSet
   * @param special names with a meaning of the moment, such as `platform-default`
   */
  constructor(
    private readonly findings: Findings,
    private readonly definitions: ReadonlyMap<string, unknown>,
    private readonly path: ValuePath,
    outer?: RangeScope,
    private readonly special: ReadonlyMap<string, () => readonly Cidr[] | undefined> = new Map(),
  ) {
    this.isUnreadable = definitions.size === 0 && findings.anyBelow(path, 'MQ204', 'MQ211');
    this.shared = outer?.shared ?? { names: new Map(), cidrs: MOST, comparisons: COMPARISONS };
    for (const name of definitions.keys()) {
      if (namedRange(name) || name === PLATFORM_DEFAULT) {
        findings.add('MQ126', [...path, name], `"${name}" is a range of masq's registry; choose another name`, 'key');
      } else if (outer?.defines(name)) {
        const message = `"${name}" is defined by a RangeSet of this file too; here this definition counts: rename one`;
        findings.add('MQ126', [...path, name], { message, severity: 'warning' }, 'key');
      }
    }
  }

  /** What a CIDR or a name stands for; undefined, with a finding, when it stands for nothing. */
  resolve(text: string, at: ValuePath, findings: Findings): Meaning | undefined {
    const name = isName(text) && (!isPlaceholder(text) || this.defines(text) || this.nearest(text) !== undefined);
    if (!name) {
      const parsed = parseCidr(text);
      if (parsed.ok) return meaningOf([parsed.value]);
      addFault(findings, at, text, parsed.fault);
      return undefined;
    }
    const known = this.lookup(text);
    if (known !== 'unknown') return known && this.bringIn(known, text, at, findings);
    const near = this.nearest(text);
    if (near === undefined && this.isUnreadable) return undefined;
    findings.add('MQ113', at, {
      message: `no range is named "${text}"; ${near ? `did you mean "${near}"?` : 'define it under "ranges", or write a CIDR'}`,
      ...(near === undefined && { hint: 'a RangeSet gives names to the intents of its own file only' }),
    });
    return undefined;
  }

  /** Whether a name is defined here or around here, the registry left out. */
  defines(name: string): boolean {
    return this.definitions.has(name) || this.shared.names.has(name);
  }

  /** Resolves every definition, so that faults in unused ones are found too. */
  resolveAll(): void {
    for (const name of this.definitions.keys()) this.define(name);
  }

  /** The names of this scope's own definitions that nobody asked for. */
  unused(): string[] {
    return [...this.definitions.keys()].filter(name => !this.used.has(name));
  }

  /** Makes the definitions known to the documents that are read with this scope around them. */
  publish(): void {
    for (const name of this.definitions.keys()) this.shared.names.set(name, this);
  }

  private lookup(name: string): Meaning | undefined | 'unknown' {
    if (this.definitions.has(name)) return this.use(name);
    const special = this.special.get(name);
    if (special) {
      const cidrs = special();
      return cidrs && meaningOf(cidrs);
    }
    const published = this.shared.names.get(name);
    if (published) return published.use(name);
    const registered = namedRange(name);
    return registered ? meaningOf(registered.cidrs.map(cidr)) : 'unknown';
  }

  private use(name: string): Meaning | undefined {
    this.used.add(name);
    return this.define(name);
  }

  /** Passes on what a name stands for, as long as a file's names stand for no more than is bearable. */
  private bringIn(meaning: Meaning, name: string, at: ValuePath, findings: Findings): Meaning | undefined {
    const { shared } = this;
    const had = shared.cidrs;
    shared.cidrs -= meaning.cidrs.length;
    if (shared.cidrs >= 0) return meaning;
    const message = `with "${name}" names of ranges stand for more than ${MOST} CIDRs in this file; masq reads no further`;
    if (had >= 0) findings.add('MQ210', at, message);
    return undefined;
  }

  /** What a definition comes to: as one set, and so as few CIDRs, however often its entries say the same. */
  private define(name: string): Meaning | undefined {
    if (this.resolved.has(name)) return this.resolved.get(name);
    if (this.resolving.includes(name)) {
      const circle = [...this.resolving.slice(this.resolving.indexOf(name)), name].join(' → ');
      this.findings.add('MQ125', [...this.path, name], `ranges refer to each other in a circle: ${circle}`, 'key');
      return undefined;
    }
    if (this.resolving.length === DEEPEST) return this.refuseDepth(name);
    this.resolving.push(name);
    const entries = readEntries(this.definitions.get(name), [...this.path, name], this.findings, this);
    this.resolving.pop();
    checkEmptied(entries, this.findings);
    checkRedundancy(entries, this.findings);
    const sets = both(family => unionOfEntries(entries, family));
    const meaning = { sets, cidrs: FAMILIES.flatMap(family => sets[family].cidrs()) };
    this.resolved.set(name, meaning);
    return meaning;
  }

  /** Told once: of a way that is far too long, each 65th range would be one too many. */
  private refuseDepth(name: string): undefined {
    const message = `ranges refer to each other more than ${DEEPEST} levels deep; write the CIDRs where "${name}" is used`;
    if (!this.tooDeep) this.findings.add('MQ209', [...this.path, name], message, 'key');
    this.tooDeep = true;
  }

  /** The name that was most likely meant. */
  private nearest(text: string): string | undefined {
    const { shared } = this;
    if (shared.comparisons <= 0) return undefined;
    const own = [...this.definitions.keys(), ...this.special.keys()];
    const names = [...own, ...shared.names.keys(), ...NAMED_RANGES.map(range => range.name)];
    shared.comparisons -= names.length;
    return suggest(text, names);
  }
}

/** The definitions of a raw `ranges` map, as far as it is one. */
export function rangeDefinitions(value: unknown): Map<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? new Map(Object.entries(value))
    : new Map();
}
