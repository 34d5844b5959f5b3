import type { Family } from '../address';
import { isOfOthers } from './device';
import { iptablesInterface } from './interfaces';
import { readSavedAddresses, readSavedBlock, readSavedRange } from './iptables-address';
import { iptablesBits } from './iptables-bits';
import { readTarget } from './iptables-target';
import { iptablesWords } from './iptables-words';
import type { Condition, NatRule, RuleVerdict } from './nat-rule';
import { protocolName } from './protocol';

/**
 * Reads the part of a rule behind `-A CHAIN`, as iptables-save prints it.
 * @param shown the rule for people. @default the same text
 */
export function readIptablesRule(family: Family, text: string, shown = text): NatRule {
  const plain = readPlainRule(family, text, shown);
  if (plain) return plain;
  const words = iptablesWords(text);
  if (!words) return { conditions: [{ on: 'unknown', text }], verdict: { kind: 'unknown', text }, text: shown };
  return new RuleReader(family, words, shown).read();
}

/** The rules of long lists: a destination perhaps, a comment perhaps, and a verdict. */
const PLAIN = /^(?:-d ([^\s!]\S*) )?(?:-m comment --comment (?:"[^"\\]*"|[^\s"\\]+) )?-j (ACCEPT|DROP|RETURN)$/;

const VERDICTS = {
  ACCEPT: { kind: 'accept' },
  DROP: { kind: 'drop' },
  RETURN: { kind: 'return' },
} as const satisfies Record<string, RuleVerdict>;

/** Reads such a rule without taking it apart word by word, for there may be a hundred thousand of them. */
function readPlainRule(family: Family, text: string, shown: string): NatRule | undefined {
  const match = PLAIN.exec(text);
  if (!match) return undefined;
  const verdict = VERDICTS[match[2] as keyof typeof VERDICTS];
  if (match[1] === undefined) return { conditions: [], verdict, text: shown };
  const set = readSavedBlock(family, match[1]);
  return set && { conditions: [{ on: 'destination', set }], verdict, text: shown };
}

/** Matches whose options are read; any other one is unknown as a whole, and may ask something without any option. */
const MATCHES: readonly string[] = [
  'comment',
  'addrtype',
  'conntrack',
  'iprange',
  'mark',
  'owner',
  'set',
  'state',
  'statistic',
  'tcp',
  'udp',
];

/** What stands behind the options of a match. */
const NEXT: readonly string[] = ['-m', '--match', '-j', '--jump', '-g', '--goto'];

/** Walks along a rule's words: options, each perhaps behind or before a `!`, and the target with options of its own. */
class RuleReader {
  private readonly conditions: Condition[] = [];
  private verdict: RuleVerdict = { kind: 'continue' };
  private match = '';
  private at = 0;

  constructor(
    private readonly family: Family,
    private readonly words: readonly string[],
    private readonly text: string,
  ) {}

  read(): NatRule {
    while (this.at < this.words.length) {
      const condition = this.option();
      if (condition) this.conditions.push(condition);
    }
    return { conditions: this.conditions, verdict: this.verdict, text: this.text };
  }

  /** Reads one option: the condition that it is, or undefined for one that asks nothing. */
  private option(): Condition | undefined {
    const from = this.at;
    const negated = this.taken('!');
    const name = this.next();
    switch (name) {
      case '-m':
      case '--match':
        return this.matchName();
      case '-j':
      case '--jump':
        this.verdict = readTarget(this.next(), this.rest());
        return undefined;
      case '-g':
      case '--goto':
        this.verdict = { kind: 'goto', chain: this.next() };
        return undefined;
      case '-d':
      case '--dst':
      case '--destination':
        return this.addresses('destination', negated, from);
      case '-s':
      case '--src':
      case '--source':
        return this.addresses('source', negated, from);
      case '-p':
      case '--protocol':
        return this.protocol(negated);
      case '-o':
      case '--out-interface':
        return this.outInterface(negated);
      case '-i':
      case '--in-interface':
        return this.inInterface(negated, from);
      case '-c':
      case '--set-counters':
        this.at += 2;
        return undefined;
      default:
        // Options may be shortened, as long as it is clear which one is meant: this may be a target.
        if (/^--(?:j|g)/.test(name)) this.verdict = { kind: 'unknown', text: this.text };
        return this.matchOption(name, negated, from);
    }
  }

  /** An option of the match that was named last. */
  private matchOption(name: string, negated: boolean, from: number): Condition | undefined {
    switch (`${this.match} ${name}`) {
      case 'comment --comment':
        this.next();
        return undefined;
      case 'conntrack --ctstate':
      case 'state --state':
        return this.connectionState(negated);
      case 'addrtype --dst-type':
        return this.addressType('destination-type', negated);
      case 'addrtype --src-type':
        return this.addressType('source-type', negated);
      case 'iprange --dst-range':
      case 'iprange --src-range':
        return this.range(name === '--dst-range' ? 'destination' : 'source', negated, from);
      case 'mark --mark':
        return this.mark(negated, from);
      case 'statistic --mode':
        return this.statistic(from);
      case 'set --match-set':
        return this.set(negated);
      case 'owner --uid-owner':
      case 'owner --gid-owner':
      case 'owner --socket-exists':
        return this.owner(name, negated);
      default:
        return this.unknown(from);
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

  private rest(): readonly string[] {
    const words = this.words.slice(this.at);
    this.at = this.words.length;
    return words;
  }

  /** What is asked from a word on to the next option, as something that is not understood. */
  private unknown(from: number): Condition {
    while (this.at < this.words.length && !/^(?:!$|-)/.test(this.words[this.at]!)) this.at++;
    return { on: 'unknown', text: this.words.slice(from, this.at).join(' ') };
  }

  private matchName(): Condition | undefined {
    const from = this.at - 1;
    this.match = this.next();
    if (MATCHES.includes(this.match)) return undefined;
    // Its options may be followed by another match or the target only.
    while (this.at < this.words.length && !NEXT.includes(this.words[this.at]!)) this.at++;
    return { on: 'unknown', text: this.words.slice(from, this.at).join(' ') };
  }

  /** Packets of pods have no socket of the node, and so no owner. */
  private owner(name: string, negated: boolean): Condition | undefined {
    if (name !== '--socket-exists') this.next();
    return negated ? undefined : { on: 'never' };
  }

  private connectionState(negated: boolean): Condition {
    const not = this.oldNegation(negated);
    return { on: 'connection-state', states: this.next().toLowerCase().split(','), negated: not };
  }

  private addresses(on: 'destination' | 'source', negated: boolean, from: number): Condition {
    const not = this.oldNegation(negated);
    const text = this.next();
    const set = readSavedAddresses(this.family, text);
    // A list is a rule for each of its blocks, and one for all others there is none for.
    if (!set || (not && text.includes(','))) return this.unknown(from);
    return { on, set: not ? set.complement() : set };
  }

  /** `FIRST-LAST`. */
  private range(on: 'destination' | 'source', negated: boolean, from: number): Condition {
    const set = readSavedRange(this.family, this.next());
    return set ? { on, set: negated ? set.complement() : set } : this.unknown(from);
  }

  /** Old versions write the exclamation mark behind the option. */
  private oldNegation(negated: boolean): boolean {
    return this.taken('!') || negated;
  }

  private outInterface(negated: boolean): Condition {
    const not = this.oldNegation(negated);
    return { on: 'out-interface', names: [iptablesInterface(this.next())], negated: not };
  }

  /** The loopback device, or a network card: no packet of a pod comes by it; of most others nobody knows. */
  private inInterface(negated: boolean, from: number): Condition | undefined {
    const not = this.oldNegation(negated);
    if (!isOfOthers(this.next())) return this.unknown(from);
    return not ? undefined : { on: 'never' };
  }

  private protocol(negated: boolean): Condition | undefined {
    const not = this.oldNegation(negated);
    const name = protocolName(this.next());
    return name === 'all' || name === '0' ? undefined : { on: 'protocol', protocols: [name], negated: not };
  }

  private addressType(on: 'destination-type' | 'source-type', negated: boolean): Condition {
    const not = this.oldNegation(negated);
    return { on, type: this.next(), negated: not };
  }

  private mark(negated: boolean, from: number): Condition {
    const not = this.oldNegation(negated);
    const bits = iptablesBits(this.next());
    return bits ? { on: 'mark', ...bits, negated: not } : this.unknown(from);
  }

  /** `--mode random --probability P`, or `--mode nth --every N --packet P`. */
  private statistic(from: number): Condition {
    const mode = this.next();
    if (mode === 'random') {
      this.taken('!');
      if (!this.taken('--probability')) return this.unknown(from);
      const probability = Number(this.next());
      // At 0 and 1 it is no longer a chance.
      return probability > 0 && probability < 1 ? { on: 'chance' } : this.unknown(from);
    }
    if (mode !== 'nth') return this.unknown(from);
    this.taken('!');
    if (!this.taken('--every') || !(Number(this.next()) > 1)) return this.unknown(from);
    if (this.taken('--packet')) this.next();
    return { on: 'chance' };
  }

  private set(negated: boolean): Condition {
    const not = this.oldNegation(negated);
    const name = this.next();
    const by = this.next();
    return {
      on: 'named-set',
      name,
      of: by === 'dst' ? 'destination' : by === 'src' ? 'source' : 'other',
      negated: not,
    };
  }
}
