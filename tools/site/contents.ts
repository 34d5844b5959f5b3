import { addressOf } from './address';

/** A page in the site's list, by its file in the repository. */
export interface Entry {
  readonly title: string;
  readonly file: string;
}

/** Pages under one heading. */
export interface Section {
  readonly title: string;
  readonly entries: readonly Entry[];
}

/** What the site has, in the order in which somebody new reads it. */
export const CONTENTS: readonly Section[] = [
  {
    title: 'Start',
    entries: [
      { title: 'Overview', file: 'docs/README.md' },
      { title: 'masq in one page', file: 'README.md' },
      { title: 'Tutorial', file: 'docs/tutorial.md' },
      { title: 'A repository of your own', file: 'docs/start.md' },
      { title: 'Examples', file: 'examples/README.md' },
    ],
  },
  {
    title: 'How to',
    entries: [
      { title: 'Import what is there', file: 'docs/import.md' },
      { title: 'See what changes for packets', file: 'docs/diff.md' },
      { title: 'See why a packet is treated so', file: 'docs/explain.md' },
      { title: 'Prove that nodes do it', file: 'docs/verify.md' },
      { title: 'Preserve a new range', file: 'docs/how-to/preserve-a-range.md' },
      { title: 'Give a team a fixed egress IP', file: 'docs/how-to/fixed-egress-ip.md' },
      { title: 'Find out why the node’s IP is seen', file: 'docs/how-to/why-the-node-ip.md' },
      { title: 'Roll back', file: 'docs/how-to/roll-back.md' },
      { title: 'Migrate from ip-masq-agent', file: 'docs/migrate-agent.md' },
      { title: 'Build the image', file: 'docs/image.md' },
      { title: 'A report to look at', file: 'docs/report.md' },
    ],
  },
  {
    title: 'In your repository',
    entries: [
      { title: 'Lint', file: 'docs/lint.md' },
      { title: 'Commit hooks', file: 'docs/hooks.md' },
      { title: 'CI', file: 'docs/ci.md' },
      { title: 'Argo CD and Flux', file: 'docs/gitops.md' },
      { title: 'Other data planes', file: 'docs/targets.md' },
      { title: 'Settings', file: 'docs/settings.md' },
    ],
  },
  {
    title: 'Platforms',
    entries: [
      { title: 'kubernetes', file: 'docs/platforms/kubernetes.md' },
      { title: 'gke-standard', file: 'docs/platforms/gke-standard.md' },
      { title: 'gke-autopilot', file: 'docs/platforms/gke-autopilot.md' },
      { title: 'anthos-bare-metal', file: 'docs/platforms/anthos-bare-metal.md' },
    ],
  },
  {
    title: 'Reference',
    entries: [
      { title: 'The intent', file: 'docs/intent.md' },
      { title: 'Named ranges', file: 'docs/ranges.md' },
      { title: 'masq-agent', file: 'docs/agent.md' },
      { title: 'Constructs', file: 'docs/reference/constructs.md' },
      { title: 'Validation plugin', file: 'docs/reference/constructs/validation-plugin.md' },
      { title: 'Core', file: 'docs/reference/core.md' },
    ],
  },
  { title: 'Codes', entries: [{ title: 'Every finding', file: 'docs/codes.md' }] },
  {
    title: 'Background',
    entries: [
      { title: 'How it works', file: 'docs/how-it-works.md' },
      { title: 'Figures', file: 'docs/bench.md' },
      { title: 'Changelog', file: 'CHANGELOG.md' },
      { title: 'Contributing', file: 'CONTRIBUTING.md' },
    ],
  },
];

/** The contents as VitePress takes them. */
export function sidebar() {
  return CONTENTS.map(({ title, entries }) => ({
    text: title,
    items: entries.map(entry => ({ text: entry.title, link: `/${addressOf(entry.file)}` })),
  }));
}
