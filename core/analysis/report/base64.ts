const SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const CODES = Uint8Array.from(SIGNS, sign => sign.charCodeAt(0));

/** Bytes as text (RFC 4648 §4), without `=` at the end. */
export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  // So many signs are made into a text at once.
  for (let from = 0; from < bytes.length; from += 3 * 2 ** 12)
    parts.push(encode(bytes.subarray(from, from + 3 * 2 ** 12)));
  return parts.join('');
}

function encode(bytes: Uint8Array): string {
  const codes = new Uint8Array(Math.ceil((bytes.length * 8) / 6));
  for (let i = 0; i < codes.length; i++) {
    const bit = 6 * i;
    const pair = (bytes[bit >> 3]! << 8) | (bytes[(bit >> 3) + 1] ?? 0);
    codes[i] = CODES[(pair >>> (10 - (bit & 7))) & 63]!;
  }
  return String.fromCharCode(...codes);
}

/** The bytes that {@link toBase64} was given. */
export function fromBase64(text: string): Uint8Array {
  const values = new Uint8Array(128);
  CODES.forEach((code, value) => {
    values[code] = value;
  });
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8));
  let [held, bits, at] = [0, 0, 0];
  for (let i = 0; i < text.length; i++) {
    held = ((held << 6) | values[text.charCodeAt(i)]!) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = held >>> bits;
  }
  return bytes;
}
