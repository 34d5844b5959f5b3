/** Text made of bytes. */
export interface Decoded {
  /** U+FFFD stands for what is no UTF-8. */
  readonly text: string;
  /** Whether all of it is UTF-8. */
  readonly valid: boolean;
}

const REPLACEMENT = '\ufffd';

/** Reads bytes as UTF-8 the way that the Encoding Standard says, as Node's `TextDecoder` does. */
export function decodeUtf8(bytes: Uint8Array): Decoded {
  let text = '';
  let valid = true;
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    if (length > 0) text += String.fromCodePoint(codePoint(bytes, at, length));
    else {
      valid = false;
      text += REPLACEMENT;
    }
    at += Math.max(length, -length);
  }
  return { text, valid };
}

/** Where bytes can be cut without cutting a character: the end, or up to three bytes before it. */
export function characterEnd(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if (isContinuation(byte)) continue;
    return expectedLength(byte) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** How many bytes a character has; below zero, how many there are of one that is broken. */
function sequenceLength(bytes: Uint8Array, start: number): number {
  const first = bytes[start]!;
  const length = expectedLength(first);
  if (length === 0) return -1;
  for (let n = 1; n < length; n++) {
    const byte = bytes[start + n];
    if (byte === undefined || !isContinuation(byte) || (n === 1 && !mayFollow(first, byte))) return -n;
  }
  return length;
}

/** How many bytes a character that begins so has; 0 when none does. */
function expectedLength(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte <= 0xbf;
}

/** Refuses what could be written shorter, halves of surrogate pairs, and what is beyond U+10FFFF. */
function mayFollow(first: number, second: number): boolean {
  if (first === 0xe0) return second >= 0xa0;
  if (first === 0xed) return second <= 0x9f;
  if (first === 0xf0) return second >= 0x90;
  return first !== 0xf4 || second <= 0x8f;
}

function codePoint(bytes: Uint8Array, start: number, length: number): number {
  const first = bytes[start]!;
  if (length === 1) return first;
  let point = first & (0x7f >> length);
  for (let n = 1; n < length; n++) point = (point << 6) | (bytes[start + n]! & 0x3f);
  return point;
}
