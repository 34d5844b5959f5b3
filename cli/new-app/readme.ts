import { version } from '../version';
import type { AppOptions, Syncing } from './options';
import { PROGRAM } from './program';

const TITLES = { argocd: 'Argo CD', flux: 'Flux' };

/** The README of a new app. */
export function readme(title: string, { clusters, language, ci, syncing }: AppOptions): string {
  const [first] = clusters;
  const pipeline = ci === 'github' ? '.github/workflows/masq.yml' : '.gitlab-ci.yml';
  return `# ${title}

What happens to the source address of packets that leave the pods of ${list(clusters.map(({ name }) => `\`${name}\``))}: kept, masqueraded to the
node, or a fixed one. It is written in [intents/](intents), masq (the package cdk8s-masq) renders it to [dist/](dist), and
that is what is applied.

## Begin

\`\`\`sh
npm install                # makes package-lock.json: commit it
git init -b main           # where this is no repository yet
pre-commit install         # the hooks
\`\`\`

Change the addresses in intents/ to yours, then:

\`\`\`sh
npx masq validate          # is it sound?
npx masq synth             # renders it to dist/, all of it or nothing: commit the result
\`\`\`

A finding has a code: \`npx masq rules MQ101\` explains it.

## What is where

| | |
|---|---|
${clusters.map(({ name, platform }) => `| [intents/${name}.yaml](intents/${name}.yaml) | the intent of ${name}, ${platform} |`).join('\n')}
| [${PROGRAM[language]}](${PROGRAM[language]}) | the cdk8s app: renders the intents, and what you add to it in ${language === 'javascript' ? 'JavaScript' : 'TypeScript'} |
| [dist/](dist) | what is rendered, a folder for each cluster; never edited by hand |
${syncing ? `| [gitops/](gitops) | what ${TITLES[syncing.tool]} needs to sync dist/, rendered with it |\n` : ''}| [.masq.yaml](.masq.yaml) | what is checked and rendered, and what is made of findings |
| [.pre-commit-config.yaml](.pre-commit-config.yaml) | refuses a commit with a mistake, or with a stale dist/ |
| [${pipeline}](${pipeline}) | asks the same in CI |
| [cdk8s.yaml](cdk8s.yaml) | for \`npx cdk8s-cli synth\`, which renders the same |

One more cluster is one more file in intents/: \`npx masq init gke-standard --name NAME -o intents/NAME.yaml\`.

## Applying it

By hand, \`kubectl apply --server-side -f dist/${first!.name}\`. ${applied(first!.name, syncing)}

Made by masq ${version}.
`;
}

function list(words: readonly string[]): string {
  return words.length === 1 ? words[0]! : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

function applied(cluster: string, syncing: Syncing | undefined): string {
  if (!syncing)
    return 'Argo CD and Flux sync the folder as it is; `npx masq gitops argocd --repo URL`, or `flux`, writes what they need for it to gitops/.';
  const { tool, repo, isExample } = syncing;
  const how =
    tool === 'argocd'
      ? '`kubectl apply -f gitops/argocd` where Argo CD runs makes it sync every cluster'
      : `\`kubectl apply -f gitops/flux/${cluster}\` in the cluster makes the Flux there sync it`;
  const url = isExample ? `${repo}, which is an example: write in .masq.yaml where yours is, and render again` : repo;
  return `Or once and for all: ${how}, from ${url}.`;
}
