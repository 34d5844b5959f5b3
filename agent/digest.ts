/**
 * A short name for a text: equal texts have equal names, different ones almost never. FNV-1a with 64 bits over the
 * UTF-16 code units, low byte first; not meant to withstand somebody who looks for two texts of one name.
 * Source: RFC 9923.
 */
export function digest(text: string): string {
  // The 64 bits as two halves; the prime is 2^40 + 0x1b3.
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  const mix = (byte: number): void => {
    low = (low ^ byte) >>> 0;
    const product = low * 0x1b3;
    high = (Math.imul(high, 0x1b3) + Math.floor(product / 2 ** 32) + (low << 8)) >>> 0;
    low = product >>> 0;
  };
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    mix(unit & 255);
    mix(unit >>> 8);
  }
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}
