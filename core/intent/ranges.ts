import { type Cidr, cidr, NAMED_RANGES, namedRange, parseCidr } from '../address';
import { suggest, type ValuePath } from '../diagnostics';
import { checkEmptied, checkRedundancy } from './check-list';
import { addFault, type Entry, isName, isPlaceholder, readEntries } from './entry';
import type { Findings } from './findings';

/** The name that stands for what a platform preserves when no list is given. */
export const PLATFORM_DEFAULT = 'platform-default';

/** Where names of ranges are looked up: the document's own, then those around it, then the registry. */
export class RangeScope {
  private readonly resolved = new Map<string, readonly Cidr[] | undefined>();
  private readonly resolving: string[] = [];
  private readonly used = new Set<string>();

  /**
   * @param findings where faults of this scope's own definitions go
   * @param definitions the raw `ranges` of the document, by name
   * @param path the way to `ranges` in the document
   * @param outer the scope around this one
   * @param special names with a meaning of the moment, such as `platform-default`
   */
  constructor(
    private readonly findings: Findings,
    private readonly definitions: ReadonlyMap<string, unknown>,
    private readonly path: ValuePath,
    private readonly outer?: RangeScope,
    private readonly special: ReadonlyMap<string, () => readonly Cidr[] | undefined> = new Map(),
  ) {
    for (const name of definitions.keys()) {
      if (namedRange(name) || name === PLATFORM_DEFAULT) {
        findings.add('MQ126', [...path, name], `"${name}" is a range of masq's registry; choose another name`, 'key');
      } else if (outer?.defines(name)) {
        const message = `"${name}" is defined by a RangeSet of this file too; here this definition counts: rename one`;
        findings.add('MQ126', [...path, name], { message, severity: 'warning' }, 'key');
      }
    }
  }

  /** The CIDRs that a CIDR or a name stands for; undefined, with a finding, when it stands for nothing. */
  resolve(text: string, at: ValuePath, findings: Findings): readonly Cidr[] | undefined {
    const name = isName(text) && (!isPlaceholder(text) || suggest(text, this.names()) !== undefined);
    if (!name) {
      const parsed = parseCidr(text);
      if (parsed.ok) return [parsed.value];
      addFault(findings, at, text, parsed.fault);
      return undefined;
    }
    const known = this.lookup(text);
    if (known !== 'unknown') return known;
    const near = suggest(text, this.names());
    findings.add('MQ113', at, {
      message: `no range is named "${text}"; ${near ? `did you mean "${near}"?` : 'define it under "ranges", or write a CIDR'}`,
      ...(near === undefined && { hint: 'a RangeSet gives names to the intents of its own file only' }),
    });
    return undefined;
  }

  /** Whether a name is defined here or around here, the registry left out. */
  defines(name: string): boolean {
    return this.definitions.has(name) || (this.outer?.defines(name) ?? false);
  }

  /** Resolves every definition, so that faults in unused ones are found too. */
  resolveAll(): void {
    for (const name of this.definitions.keys()) this.define(name);
  }

  /** The names of this scope's own definitions that nobody asked for. */
  unused(): string[] {
    return [...this.definitions.keys()].filter(name => !this.used.has(name));
  }

  private lookup(name: string): readonly Cidr[] | undefined | 'unknown' {
    if (this.definitions.has(name)) {
      this.used.add(name);
      return this.define(name);
    }
    const special = this.special.get(name);
    if (special) return special();
    if (this.outer) return this.outer.lookup(name);
    const registered = namedRange(name);
    return registered ? registered.cidrs.map(cidr) : 'unknown';
  }

  private define(name: string): readonly Cidr[] | undefined {
    if (this.resolved.has(name)) return this.resolved.get(name);
    if (this.resolving.includes(name)) {
      const circle = [...this.resolving.slice(this.resolving.indexOf(name)), name].join(' → ');
      this.findings.add('MQ125', [...this.path, name], `ranges refer to each other in a circle: ${circle}`, 'key');
      return undefined;
    }
    this.resolving.push(name);
    const entries: Entry[] = readEntries(this.definitions.get(name), [...this.path, name], this.findings, this);
    this.resolving.pop();
    checkEmptied(entries, this.findings);
    checkRedundancy(entries, this.findings);
    const cidrs = entries.flatMap(entry =>
      entry.exceptions.length > 0 ? [...entry.sets[4].cidrs(), ...entry.sets[6].cidrs()] : entry.cidrs,
    );
    this.resolved.set(name, cidrs);
    return cidrs;
  }

  private names(): string[] {
    const own = [...this.definitions.keys(), ...this.special.keys()];
    return this.outer ? [...own, ...this.outer.names()] : [...own, ...NAMED_RANGES.map(range => range.name)];
  }
}

/** The definitions of a raw `ranges` map, as far as it is one. */
export function rangeDefinitions(value: unknown): Map<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? new Map(Object.entries(value))
    : new Map();
}
