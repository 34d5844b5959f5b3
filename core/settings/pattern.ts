/** Whether a pattern takes files away from those before it: by a "!", which is not the one of "!(a|b)". */
export function isExclusion(pattern: string): boolean {
  return /^!(?!\()/.test(pattern);
}

/** A pattern as it is matched: without an exclusion's "!", and without what paths below a folder do not have. */
export function normalPattern(pattern: string): string {
  const parts = pattern.replace(/^!(?!\()/, '').split('/');
  const kept = parts.filter((part, i) => part !== '.' && (part !== '' || i === parts.length - 1));
  // What ends in a slash is a folder, and stands for all below.
  if (kept.length === 0 || kept.at(-1) === '') return [...kept.slice(0, -1), '**'].join('/');
  return kept.join('/');
}

/** Why a pattern can stand for no file, and what to write instead; undefined for one that can. */
export function patternFault(pattern: string): string | undefined {
  const bare = pattern.replace(/^!(?!\()/, '');
  const instead = (text: string): string => `"${pattern}" stands for no file: ${text}`;
  if (bare === '') return instead('write the pattern behind the "!"');
  if (/^\/|^[A-Za-z]:[\\/]/.test(bare)) {
    const written = /^\/[^/]/.test(bare) ? `, such as "${bare.slice(1)}"` : '';
    return instead(`paths count from the folder of .masq.yaml and begin with no slash; write one${written}`);
  }
  if (/\\[\w.]/.test(bare)) return instead(`write "/" between folders: "${bare.replaceAll(/\\(?=[\w.])/g, '/')}"`);
  if (bare.split('/').includes('..'))
    return instead('write it without ".."; paths count from the folder of .masq.yaml');
  return undefined;
}
