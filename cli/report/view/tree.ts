import { formatCidr } from '../../../core/address';
import type { Branch } from '../../../core/analysis/report/prefix-tree';
import { blockText } from '../../../core/analysis/terms';
import { type Html, html } from '../html';
import { type Tone, toneClass } from '../tone';
import { countShown, swatch } from './legend';

/** A block of the tree as it is told: how it is drawn, and who decides. */
export interface TreeLabel {
  readonly tone: Tone;
  /** The rule, with its place; before and after of a change. */
  readonly rule: string;
}

/** Deeper blocks are folded at first, and so are those of blocks with more than so many. */
const OPEN_DEPTH = 2;
const OPEN_BRANCHES = 12;

/** The tree of IPv6 blocks (the ARIA tree view pattern); without a script it is a list, all unfolded. */
export function tree(root: Branch<TreeLabel>, most: number): Html {
  const left = { rows: most };
  return html`<ul class="tree" role="tree" aria-label="IPv6 prefixes">${branch(root, 1, left)}</ul>
${left.rows <= 0 && html`<p class="left">More blocks are not listed here; the search above finds what happens in each of them.</p>`}`;
}

function branch({ cidr, value, count, branches }: Branch<TreeLabel>, level: number, left: { rows: number }): Html {
  left.rows--;
  const own = value
    ? html`${swatch(value.tone)}<span class="tone">${value.tone.text}</span> <small class="count">${countShown(count)}</small> <span class="rule">${value.rule}</span>`
    : html`<span class="rule">all of it is in the blocks below</span>`;
  const name = formatCidr(cidr);
  const shown = blockText(cidr);
  const inner = left.rows > 0 ? branches.slice(0, left.rows) : [];
  const open = level <= OPEN_DEPTH && inner.length <= OPEN_BRANCHES;
  const text = html`<span class="row ${value && toneClass(value.tone)}"><span class="twist" aria-hidden="true"></span><code>${shown}</code> ${branches.length > 0 && value && html`<small>otherwise</small> `}${own}</span>`;
  if (inner.length === 0) return html`<li role="treeitem" data-block="${name}" aria-level="${level}">${text}</li>`;
  return html`<li role="treeitem" data-block="${name}" aria-level="${level}" aria-expanded="${open ? 'true' : 'false'}">${text}<ul role="group">${inner.map(one => branch(one, level + 1, left))}</ul></li>`;
}
