import { Composer, type Document, Lexer, Parser } from 'yaml';
import type { Limits } from './limits';

/** Where a text goes beyond what masq reads, and what there is too much of. */
export interface Excess {
  /** Where reading stopped. */
  readonly offset: number;
  /** What there is too much of. */
  readonly message: string;
}

/** The documents of a text, up to where there was too much of it. */
export interface ReadDocuments {
  /** The documents in their order, empty ones too. */
  readonly documents: readonly Document.Parsed[];
  /** Absent when the whole text was read. */
  readonly excess?: Excess;
}

/** How many faults of a document are kept: a text can have as many as characters, and the first ones tell enough. */
const FAULTS = 100;

/** More lines that begin with `%` than any file has; the parser copies what they say for each document. */
const DIRECTIVES = 100;

/**
 * The same YAML 1.2 whatever `%YAML` says, and without the tags that make dates, sets or bytes: the data is then what
 * JSON could say too. Merge keys and duplicate keys are masq's own: the parser compares every key with every other.
 */
const OPTIONS = {
  schema: 'core',
  merge: false,
  uniqueKeys: false,
  resolveKnownTags: false,
  logLevel: 'silent',
} as const;

/**
 * Reads a YAML text word by word, and stops where it goes out of bounds: what a parser makes of a text takes a hundred
 * times the text's own memory, and what nests without end takes the stack.
 */
export function readDocuments(text: string, limits: Limits): ReadDocuments {
  const reader = new Reader(limits);
  const excess = reader.read(text);
  return { documents: reader.documents, ...(excess && { excess }) };
}

class Reader {
  readonly documents: Document.Parsed[] = [];
  private readonly parser = new Parser();
  private readonly composer = new Composer(OPTIONS);
  private readonly faults = new FirstFaults();
  private tokens = 0;
  private directives = 0;

  constructor(private readonly limits: Limits) {
    keepFirst(this.composer, this.faults);
  }

  read(text: string): Excess | undefined {
    const excess = this.lex(text);
    for (const document of this.composer.end()) this.documents.push(document);
    return excess;
  }

  private lex(text: string): Excess | undefined {
    try {
      for (const lexeme of new Lexer().lex(text)) {
        this.tokens++;
        this.compose(this.parser.next(lexeme));
        const excess = this.excess();
        if (excess) return excess;
      }
      this.compose(this.parser.end());
      return undefined;
    } catch (error) {
      // The parser puts one list behind another by a call that has as many arguments as the list has items.
      if (!(error instanceof RangeError)) throw error;
      return { offset: this.parser.offset, message: 'more than masq can read stands in one place' };
    }
  }

  private compose(tokens: ReturnType<Parser['next']>): void {
    for (const token of tokens) {
      if (token.type === 'document') this.faults.forget();
      if (token.type === 'directive') this.directives++;
      const faulty = token.type === 'error' || (token.type === 'doc-end' && this.documents.length === 0);
      if (faulty && !this.faults.keep()) continue;
      for (const document of this.composer.next(token)) this.documents.push(document);
    }
  }

  private excess(): Excess | undefined {
    const { limits, parser } = this;
    const { offset, stack } = parser;
    if (this.tokens > limits.tokens)
      return { offset, message: `more than ${limits.tokens} words and signs; put its documents into several files` };
    if (this.documents.length > limits.documents) return { offset, message: `more than ${limits.documents} documents` };
    if (this.directives > DIRECTIVES) return { offset, message: `more than ${DIRECTIVES} lines that begin with "%"` };
    if (stack.length <= limits.depth) return undefined;
    const nested = stack.filter(({ type }) => /^(?:block-map|block-seq|flow-collection)$/.test(type));
    const deepest = nested[limits.depth];
    return deepest && { offset: deepest.offset, message: `values nest more than ${limits.depth} levels deep` };
  }
}

/** Counts the faults of a document, and says which are to be kept. */
class FirstFaults {
  private errors = 0;
  private warnings = 0;

  keep(warning = false): boolean {
    return (warning ? ++this.warnings : ++this.errors) <= FAULTS;
  }

  forget(): void {
    this.errors = this.warnings = 0;
  }
}

/**
 * The composer keeps every fault that it finds, and offers no other place to stop that. What is put there holds on to
 * no document: with one, the garbage collector has them all grow old.
 */
function keepFirst(composer: Composer, faults: FirstFaults): void {
  const keep: unknown = Reflect.get(composer, 'onError');
  if (typeof keep !== 'function') return;
  const onError = (at: unknown, code: string, message: string, warning = false): void => {
    if (faults.keep(warning)) keep(at, code, message, warning);
  };
  Object.assign(composer, { onError });
}
