/** Reads `value` or `value/mask`, in decimal or hexadecimal, as marks are written. */
export function iptablesBits(text: string): { readonly value: number; readonly mask: number } | undefined {
  const match = /^(0x[0-9a-f]{1,8}|\d{1,10})(?:\/(0x[0-9a-f]{1,8}|\d{1,10}))?$/i.exec(text);
  if (!match) return undefined;
  const value = Number(match[1]);
  const mask = match[2] === undefined ? 0xffffffff : Number(match[2]);
  return value <= 0xffffffff && mask <= 0xffffffff ? { value, mask } : undefined;
}
