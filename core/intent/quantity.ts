const POWERS: Readonly<Record<string, string>> = {
  n: 'e-9',
  u: 'e-6',
  m: 'e-3',
  k: 'e3',
  M: 'e6',
  G: 'e9',
  T: 'e12',
  P: 'e15',
  E: 'e18',
};
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** A Kubernetes quantity such as `10m` or `16Mi` as a number; undefined when the text is none. */
export function parseQuantity(text: string): number | undefined {
  const match = /^(\d+(?:\.\d*)?|\.\d+)(?:([numkMGTPE])|([KMGTPE]i)|([eE][-+]?\d+))?$/.exec(text);
  if (!match) return undefined;
  const [, digits, decimal, binary, exponent] = match;
  if (binary !== undefined) return Number(digits) * 1024 ** (BINARY.indexOf(binary) + 1);
  // As one text, so that equal quantities come out as the same number: 0.7 and 700m.
  return Number(`${digits}${decimal === undefined ? (exponent ?? '') : POWERS[decimal]}`);
}
