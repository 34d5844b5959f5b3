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

const TO_NANO = 10n ** 9n;
const DECIMAL_SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];

/**
 * A quantity as the API server stores it: without fractions, with the largest suffix, rounded up to 1n. What is applied in
 * another form comes back changed: `0.5` as `500m`, `1024Mi` as `1Gi`. What is no quantity stays as it is.
 * Source: Kubernetes' documentation of the type Quantity ("canonical form"), apimachinery/pkg/api/resource/quantity.go.
 */
export function canonicalQuantity(text: string): string {
  const match = /^(\d*)(?:\.(\d*))?(?:([numkMGTPE])|([KMGTPE]i)|[eE]([-+]?\d{1,2}))?$/.exec(text);
  if (!match || parseQuantity(text) === undefined) return text;
  const [, whole, fraction = '', decimal, binary, exponent] = match;
  const power = decimal === undefined ? Number(exponent ?? 0) : Number(POWERS[decimal]!.slice(1));
  const factor = binary === undefined ? 1n : 1024n ** BigInt(BINARY.indexOf(binary) + 1);
  const nano = scaled(BigInt(`${whole}${fraction}`) * factor, 9 + power - fraction.length);
  if (nano === 0n) return '0';
  // Below 1024 the suffix would be none of the binary ones.
  if (binary !== undefined && nano >= 1024n * TO_NANO) {
    const [digits, steps] = withoutFactor((nano + TO_NANO - 1n) / TO_NANO, 1024n, BINARY.length);
    return `${digits}${BINARY[steps - 1] ?? ''}`;
  }
  const [digits, steps] = withoutFactor(nano, 1000n, DECIMAL_SUFFIXES.length - 1);
  if (exponent === undefined) return `${digits}${DECIMAL_SUFFIXES[steps]}`;
  return `${digits}${steps === 3 ? '' : `e${3 * steps - 9}`}`;
}

/** A number times a power of ten, rounded up. */
function scaled(value: bigint, power: number): bigint {
  if (power >= 0) return value * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return (value + divisor - 1n) / divisor;
}

/** A number without a factor that it holds, and how often it was taken out. */
function withoutFactor(value: bigint, factor: bigint, most: number): readonly [bigint, number] {
  let left = value;
  let times = 0;
  for (; times < most && left % factor === 0n; times++) left /= factor;
  return [left, times];
}
