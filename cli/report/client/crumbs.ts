import { type Cidr, formatCidr } from '../../../core/address';
import { type Html, html } from '../html';

/** The way to a part of the map: all of IPv4, the blocks of /8, /16 and /24 around it, and the block that fills it. */
export function crumbs(word: number, prefix: number): Html {
  const levels = [...[0, 8, 16, 24].filter(level => level < prefix), prefix];
  const items = levels.map((level, i) => {
    const words = Uint32Array.of(level === 0 ? 0 : word & (0xffffffff << (32 - level)));
    const block = formatCidr({ family: 4, words, prefix: level });
    const here = i === levels.length - 1;
    return html`<li><button type="button" data-block="${block}"${here && html` aria-current="location"`}>${level === 0 ? 'All of IPv4' : block}</button></li>`;
  });
  return html`<ol>${items}</ol>`;
}

/** Blocks that are worth a closer look. */
export function looks(blocks: readonly Cidr[]): Html | undefined {
  if (blocks.length === 0) return undefined;
  const buttons = blocks
    .map(formatCidr)
    .map(block => html`<button type="button" data-block="${block}">${block}</button>`);
  return html`<h3>Look closer</h3>${buttons}`;
}
