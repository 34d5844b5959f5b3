import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The arguments of `masq gitops` with which the example was rendered: those that its README shows. */
export const GITOPS_EXAMPLES: readonly (readonly string[])[] = [
  ...readFileSync(join(__dirname, 'README.md'), 'utf8').matchAll(/^masq gitops ((?:.*\\\n)*.*)$/gm),
].map(([, line]) => line!.replaceAll('\\\n', ' ').trim().split(/\s+/));
