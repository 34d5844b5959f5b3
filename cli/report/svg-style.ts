/** The colours of a picture, by day and by night: told apart by people who see few colours, too, and patterned. */
const DAY = [
  'paper:#fff',
  'ink:#1f242c',
  'dim:#5a6270',
  'line:#0003',
  'preserve:#2b6cb0',
  'masquerade:#f2dcae',
  'now-masquerade:#d97c1e',
];
const NIGHT = [
  'paper:#15181d',
  'ink:#e9e7e3',
  'dim:#a4abb8',
  'line:#fff4',
  'preserve:#4a90d9',
  'masquerade:#5e4c26',
  'now-masquerade:#e59b4a',
];
const SNAT_BY_DAY = ['#7a3db8', '#b0307c', '#23804a', '#a8442a'];
const SNAT_BY_NIGHT = ['#b98ae6', '#e580b8', '#63c08a', '#e08a6c'];

function variables(named: readonly string[], snat: readonly string[], unknown: string, same: string): string {
  const all = [...named, ...snat.map((colour, i) => `snat-${i}:${colour}`), `unknown:${unknown}`, `same:${same}`];
  return all.map(one => `--m-${one}`).join(';');
}

/** A picture's style. */
export const SVG_STYLE = [
  `.masq-map{${variables(DAY, SNAT_BY_DAY, '#8b919c', '#eceae5')};font:12px system-ui,-apple-system,'Segoe UI',sans-serif}`,
  `@media(prefers-color-scheme:dark){.masq-map{${variables(NIGHT, SNAT_BY_NIGHT, '#7c828d', '#262a31')}}}`,
  '.masq-map text{fill:var(--m-ink)}.masq-map .dim{fill:var(--m-dim)}.masq-map .title{font-size:15px;font-weight:600}',
  '.masq-map .paper{fill:var(--m-paper)}.masq-map .frame{fill:none;stroke:var(--m-line)}',
  '.masq-map .place{fill:none;stroke:var(--m-ink)}.masq-map .halo{fill:none;stroke:var(--m-paper);stroke-width:3}',
  '.masq-map .label{font-size:11px;paint-order:stroke;stroke:var(--m-paper);stroke-width:3px;stroke-linejoin:round}.masq-map .before{text-anchor:end}',
  '.masq-map .number{text-anchor:middle;font-weight:600}',
  '.masq-map .masquerade{fill:var(--m-masquerade)}.masq-map .same{fill:var(--m-same)}',
  '.masq-map .now-masquerade{fill:url(#masq-now-masquerade)}.masq-map .mark{fill:none;stroke:var(--m-ink);stroke-width:1.5}',
  '.masq-map .preserve{fill:url(#masq-preserve)}.masq-map .unknown{fill:url(#masq-unknown)}',
  ...SNAT_BY_DAY.map((_, i) => `.masq-map .snat.shade-${i}{fill:url(#masq-snat-${i})}`),
  '.masq-map .marks{fill:none;stroke:var(--m-paper);stroke-opacity:.35}',
  ...['preserve', 'unknown', 'now-masquerade'].map(
    hue => `.masq-map .tile-${hue},.masq-map .dot.${hue}{fill:var(--m-${hue})}`,
  ),
  ...SNAT_BY_DAY.map((_, i) => `.masq-map .tile-snat-${i},.masq-map .dot.snat.shade-${i}{fill:var(--m-snat-${i})}`),
].join('');

/** What a picture's style refers to: lines for what is preserved, dots for SNAT, a net for what nobody knows. */
export const SVG_PATTERNS = [
  pattern('preserve', 'M-1 1l2-2M0 6l6-6M5 7l2-2'),
  pattern('now-masquerade', 'M0 3h6'),
  pattern('unknown', 'M0 0l6 6M0 6l6-6'),
  ...SNAT_BY_DAY.map((_, i) => pattern(`snat-${i}`, 'M2 3h2')),
].join('');

function pattern(id: string, lines: string): string {
  const tile = `<rect class="tile-${id}" width="6" height="6"/>`;
  const marks = `<path class="marks" d="${lines}"/>`;
  return `<pattern id="masq-${id}" width="6" height="6" patternUnits="userSpaceOnUse">${tile}${marks}</pattern>`;
}
