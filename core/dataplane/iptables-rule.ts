import { type Cidr, type Family, IntervalSet, parseAddress, parseCidr } from '../address';
import { iptablesWords } from './iptables-words';
import type { Condition, NatRule, RuleVerdict } from './nat-rule';

/** Reads the part of a rule behind `-A CHAIN`, as iptables-save prints it. */
export function readIptablesRule(family: Family, text: string): NatRule {
  const words = iptablesWords(text);
  if (!words) return { conditions: [{ on: 'unknown', text }], verdict: { kind: 'unknown', text }, text };
  return { ...new RuleReader(family, words).read(), text };
}

/** Walks along a rule's words: options, each perhaps behind or before a `!`, and the target with options of its own. */
class RuleReader {
  private readonly conditions: Condition[] = [];
  private verdict: RuleVerdict = { kind: 'continue' };
  private at = 0;

  constructor(
    private readonly family: Family,
    private readonly words: readonly string[],
  ) {}

  read(): Pick<NatRule, 'conditions' | 'verdict'> {
    while (this.at < this.words.length) {
      const condition = this.option();
      if (condition) this.conditions.push(condition);
    }
    return { conditions: this.conditions, verdict: this.verdict };
  }

  /** Reads one option: the condition that it is, or undefined for one that asks nothing. */
  private option(): Condition | undefined {
    let negated = this.taken('!');
    const name = this.next();
    // Old versions write the exclamation mark behind the option.
    negated ||= this.taken('!');
    switch (name) {
      case '-d':
        return addresses('destination', this.family, this.next(), negated);
      case '-s':
        return addresses('source', this.family, this.next(), negated);
      case '-p':
        return protocolIs(this.next(), negated);
      case '--dst-type':
        return { on: 'destination-type', type: this.next(), negated };
      case '--src-type':
        return { on: 'source-type', type: this.next(), negated };
      case '--mark':
        return markIs(this.next(), negated);
      case '--mode':
        return this.statistic(negated);
      case '--match-set':
        return this.set(negated);
      case '-m':
      case '--comment':
        // The options behind a match say what it asks.
        this.next();
        return undefined;
      case '-j':
        this.verdict = this.target(this.next());
        return undefined;
      case '-g':
        this.verdict = { kind: 'goto', chain: this.next() };
        return undefined;
      default:
        return { on: 'unknown', text: [...(negated ? ['!'] : []), name, ...this.values()].join(' ') };
    }
  }

  /** The next word; empty behind the last one. */
  private next(): string {
    return this.words[this.at++] ?? '';
  }

  private taken(word: string): boolean {
    if (this.words[this.at] !== word) return false;
    this.at++;
    return true;
  }

  /** The words up to the next option, which are the values of the one before. */
  private values(): string[] {
    const from = this.at;
    while (this.at < this.words.length && !/^(?:!$|-)/.test(this.words[this.at]!)) this.at++;
    return this.words.slice(from, this.at);
  }

  /** `--mode random --probability P`, or `--mode nth --every N --packet P`. */
  private statistic(negated: boolean): Condition {
    const mode = this.next();
    const own = ['--probability', '--every', '--packet'];
    for (;;) {
      const option = this.words[this.at] === '!' ? this.at + 1 : this.at;
      if (!own.includes(this.words[option] ?? '')) break;
      this.at = option + 2;
    }
    const known = !negated && (mode === 'random' || mode === 'nth');
    return known ? { on: 'chance' } : { on: 'unknown', text: `--mode ${mode}` };
  }

  private set(negated: boolean): Condition {
    const name = this.next();
    const by = this.next();
    const of = by === 'dst' ? 'destination' : by === 'src' ? 'source' : 'other';
    return { on: 'named-set', name, of, negated };
  }

  private target(name: string): RuleVerdict {
    switch (name) {
      case 'ACCEPT':
        return { kind: 'accept' };
      case 'DROP':
        return { kind: 'drop' };
      case 'RETURN':
        return { kind: 'return' };
      case 'MASQUERADE':
        return this.masquerade();
      case 'SNAT':
        return this.snat();
      case 'MARK':
        return this.setMark();
      case 'LOG':
      case 'NFLOG':
      case 'TRACE':
        this.at = this.words.length;
        return { kind: 'continue' };
      default:
        if (/^[A-Z]+$/.test(name) && this.at < this.words.length) return this.unknownTarget(name);
        return { kind: 'jump', chain: name };
    }
  }

  private unknownTarget(name: string): RuleVerdict {
    const text = ['-j', name, ...this.words.slice(this.at)].join(' ');
    this.at = this.words.length;
    return { kind: 'unknown', text };
  }

  private masquerade(): RuleVerdict {
    const from = this.at;
    let toPorts: string | undefined;
    let randomFully = false;
    while (this.at < this.words.length) {
      const option = this.next();
      if (option === '--to-ports') toPorts = this.next();
      else if (option === '--random-fully') randomFully = true;
      else if (option !== '--random') {
        this.at = from;
        return this.unknownTarget('MASQUERADE');
      }
    }
    return { kind: 'masquerade', randomFully, ...(toPorts !== undefined && { toPorts }) };
  }

  private snat(): RuleVerdict {
    const from = this.at;
    let to = '';
    while (this.at < this.words.length) {
      const option = this.next();
      if (option === '--to-source' && to === '') to = this.next();
      else if (option !== '--random' && option !== '--random-fully' && option !== '--persistent') to = '?';
    }
    if (parseAddress(to).ok) return { kind: 'snat', sourceIP: to };
    this.at = from;
    return this.unknownTarget('SNAT');
  }

  private setMark(): RuleVerdict {
    const from = this.at;
    const option = this.next();
    const bits = masked(this.next());
    if (bits && this.at === this.words.length) {
      const { value, mask } = bits;
      // iptables-save always prints one of the first two; the kernel computes (mark & ~mask) ^ value.
      if (option === '--set-xmark' || option === '--xor-mark') {
        return { kind: 'set-mark', clear: option === '--xor-mark' ? 0 : mask, flip: value };
      }
      if (option === '--set-mark') return { kind: 'set-mark', clear: (mask | value) >>> 0, flip: value };
      if (option === '--or-mark') return { kind: 'set-mark', clear: value, flip: value };
      if (option === '--and-mark') return { kind: 'set-mark', clear: ~value >>> 0, flip: 0 };
    }
    this.at = from;
    return this.unknownTarget('MARK');
  }
}

/** The numbers of protocols that have ports, which are printed where a system has no names for them. */
const NUMBERS: Readonly<Record<string, string>> = { 6: 'tcp', 17: 'udp', 132: 'sctp' };

function protocolIs(text: string, negated: boolean): Condition | undefined {
  if (text === 'all' || text === '0') return undefined;
  return { on: 'protocol', protocols: [NUMBERS[text] ?? text.toLowerCase()], negated };
}

function markIs(text: string, negated: boolean): Condition {
  const bits = masked(text);
  return bits ? { on: 'mark', ...bits, negated } : { on: 'unknown', text: `--mark ${text}` };
}

function addresses(on: 'destination' | 'source', family: Family, text: string, negated: boolean): Condition {
  const block = cidrOf(text);
  if (!block || block.family !== family) return { on: 'unknown', text: `${negated ? '! ' : ''}${on} ${text}` };
  const set = IntervalSet.ofCidr(block);
  return { on, set: negated ? set.complement() : set };
}

/** A block as iptables-save writes it: with a prefix, with a netmask, or a lone address. */
function cidrOf(text: string): Cidr | undefined {
  const direct = parseCidr(text);
  if (direct.ok) return direct.value;
  const [address, mask] = text.split('/');
  const parsed = parseAddress(address!);
  if (!parsed.ok) return undefined;
  const { family } = parsed.value;
  if (mask === undefined) return { ...parsed.value, prefix: family === 4 ? 32 : 128 };
  const bits = parseAddress(mask);
  if (!bits.ok || bits.value.family !== 4 || family !== 4) return undefined;
  const prefix = Math.clz32(~bits.value.words[0]!);
  const again = parseCidr(`${address}/${prefix}`);
  const contiguous = prefix === 32 || (bits.value.words[0]! << prefix) >>> 0 === 0;
  return contiguous && again.ok ? again.value : undefined;
}

/** `value` or `value/mask`, in decimal or hexadecimal. */
function masked(text: string): { readonly value: number; readonly mask: number } | undefined {
  const match = /^(0x[0-9a-f]{1,8}|\d{1,10})(?:\/(0x[0-9a-f]{1,8}|\d{1,10}))?$/i.exec(text);
  if (!match) return undefined;
  const value = Number(match[1]);
  const mask = match[2] === undefined ? 0xffffffff : Number(match[2]);
  return value <= 0xffffffff && mask <= 0xffffffff ? { value, mask } : undefined;
}
