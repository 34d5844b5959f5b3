import { ADDRESSES } from './explanations/addresses';
import { DOCUMENTS } from './explanations/documents';
import type { Explanation } from './explanations/explanation';
import { GATEWAY } from './explanations/gateway';
import { IMPORTS } from './explanations/imports';
import { LINT } from './explanations/lint';
import { MANIFESTS, MASQ } from './explanations/manifests';
import { PLATFORMS } from './explanations/platforms';
import { TREATMENT } from './explanations/treatment';
import type { RuleCode } from './rules';

export type { Explanation } from './explanations/explanation';

/** What every rule means, at length. Loaded only by those who show it, so not exported from the folder's index. */
export const EXPLANATIONS: Readonly<Record<RuleCode, Explanation>> = {
  ...ADDRESSES,
  ...DOCUMENTS,
  ...TREATMENT,
  ...PLATFORMS,
  ...GATEWAY,
  ...MANIFESTS,
  ...IMPORTS,
  ...LINT,
  ...MASQ,
};
