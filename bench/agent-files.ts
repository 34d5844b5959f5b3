/** How an agent's file is written. */
export type FileFormat = 'json' | 'yaml';

/** The entries of a list of this length: blocks of one size, none inside of another, and none beside the next. */
export function entries(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `10.${n >> 7}.${(n & 127) * 2}.0/24`);
}

/** A valid file with so many entries. */
export function agentFile(count: number, format: FileFormat): string {
  const cidrLimit = Math.max(count, 64);
  const fields = { nonMasqueradeCIDRs: entries(count), cidrLimit, resyncInterval: '600s' };
  if (format === 'json') return `${JSON.stringify(fields, undefined, 2)}\n`;
  const list = fields.nonMasqueradeCIDRs.map(cidr => `  - ${cidr}\n`).join('');
  return `nonMasqueradeCIDRs:\n${list}cidrLimit: ${cidrLimit}\nresyncInterval: 600s\n`;
}
