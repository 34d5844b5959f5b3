import {
  type CreateNodeOptions,
  Document,
  type DocumentOptions,
  isScalar,
  type Scalar,
  type SchemaOptions,
  visit,
  type YAMLSeq,
} from 'yaml';

/**
 * What readers of YAML 1.1, kubectl's among them, refuse, drop, or take for the end of a line or a word: each is written
 * as an escape. A line feed needs none.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const SPECIAL = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * Texts that some reader takes for a number though YAML 1.1 has no such: go-yaml knows `0o17`, and drops underscores
 * wherever they are. An IPv4 address has too many dots for one.
 */
const NUMBER = /^[-+.\d](?=[^.]*\.?[^.]*$)[\da-fxo_:.+-]*$/i;

/** A text whose block readers measure differently: it begins with an empty or indented line, or has a line of blanks. */
const isOddBlock = (text: string): boolean => text.includes('\n') && (/^[ \n]/.test(text) || /^ +$/m.test(text));

/** A map's default value and its merge key: in YAML 1.1 they have types of their own, and not only as keys. */
const SIGNS = ['=', '<<'];

const OPTIONS: DocumentOptions & SchemaOptions & CreateNodeOptions = {
  version: '1.1',
  keepUndefined: true,
  aliasDuplicateObjects: false,
  // With it, the text "<<" would be written without quotes.
  customTags: tags => tags.filter(tag => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:merge'),
};

/**
 * Plain data as YAML that readers of YAML 1.1 and 1.2 take for exactly this data.
 * @throws when a text holds half of a surrogate pair, which cannot be written
 */
export function writeYaml(value: unknown, { inline = 0 }: YamlStyle = {}): string {
  const document = new Document(value, OPTIONS);
  visit(document, { Scalar: (_key, node) => quoteWhereNeeded(node) });
  if (inline > 0) visit(document, { Seq: (_key, node) => inLine(node, inline) });
  // Now they stand in double quotes only.
  return escapeSpecial(document.toString({ lineWidth: 0, doubleQuotedAsJSON: true, flowCollectionPadding: false }));
}

/** How YAML is laid out. */
export interface YamlStyle {
  /** Lists of texts no longer than this stand in one line, in brackets. @default 0 */
  readonly inline?: number;
}

function inLine(node: YAMLSeq, most: number): void {
  const length = node.items.reduce<number>(
    (sum, item) => sum + (isScalar(item) ? String(item.value).length + 2 : most + 1),
    0,
  );
  if (node.items.length > 0 && length <= most) node.flow = true;
}

/** A text in double quotes, as YAML and, but for the escapes of some characters, as JSON. */
export function doubleQuoted(text: string): string {
  return escapeSpecial(JSON.stringify(text));
}

function quoteWhereNeeded(node: Scalar): void {
  const { value } = node;
  if (typeof value !== 'string') return;
  if (isBroken(value)) throw new Error(`${JSON.stringify(value)} holds ${BROKEN}`);
  if (value.search(SPECIAL) >= 0 || NUMBER.test(value) || SIGNS.includes(value) || isOddBlock(value)) {
    node.type = 'QUOTE_DOUBLE';
  }
}

function escapeSpecial(text: string): string {
  return text.replace(SPECIAL, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What a broken text holds, for messages. */
export const BROKEN = 'half of a character (an unpaired surrogate), which no file can';

/** Whether a text holds half of a surrogate pair, which no file in UTF-8 can. */
export function isBroken(text: string): boolean {
  return /\p{Cs}/u.test(text);
}
