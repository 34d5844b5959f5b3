/** Controls, line separators, and the invisible characters that reorder text: none may reach a terminal as they are. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/**
 * The text with every character that could move the cursor, break the line or reorder what is shown
 * replaced by a visible one: `␛` for an escape, `\ufffd` where Unicode has no picture. Lengths do not change.
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, character => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : '\ufffd';
  });
}
