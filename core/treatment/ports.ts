/** Whether two lists of port ranges, such as `1024-29999,40000`, hold the same ports; absent ones are like each other. */
export function samePorts(a: string | undefined, b: string | undefined): boolean {
  if (a === b) return true;
  return a !== undefined && b !== undefined && portSet(a) === portSet(b);
}

/** The ranges in order, none touching the next, as text. */
function portSet(text: string): string {
  const ranges = text
    .split(',')
    .map(range => range.split('-').map(Number))
    .map(([first, last = first]) => ({ first: first!, last: last! }))
    .sort((x, y) => x.first - y.first);
  const joined: { first: number; last: number }[] = [];
  for (const range of ranges) {
    const before = joined.at(-1);
    if (before && range.first <= before.last + 1) before.last = Math.max(before.last, range.last);
    else joined.push({ ...range });
  }
  return joined.map(({ first, last }) => `${first}-${last}`).join();
}
