import { version } from '../version';
import { gitOpsWords, type Language, type Syncing } from './options';

/** The app's file. In JavaScript it is a module whatever package.json says of its type, and runs as it is. */
export const PROGRAM: Readonly<Record<Language, string>> = { javascript: 'main.mjs', typescript: 'main.ts' };

/** How the app is run, with Node 20.19 and later. */
export const RUN: Readonly<Record<Language, string>> = {
  javascript: 'node main.mjs',
  typescript: 'node --import tsx main.ts',
};

/** The cdk8s app: the intents in YAML, and a place for more. */
export function program(language: Language): string {
  return `${language === 'javascript' ? '// @ts-check\n' : ''}// Everything that is rendered: the intents in intents/, and what you add below.
// Run it with "npx masq synth", which renders all of it or nothing, or with "npx cdk8s-cli synth".
import { readdirSync } from 'node:fs';
import { intentsFromFile, MasqApp } from 'cdk8s-masq';

const app = new MasqApp();

for (const file of readdirSync('intents', { recursive: true, encoding: 'utf8' }).sort()) {
  if (/\\.(ya?ml|json)$/.test(file)) intentsFromFile(app, \`intents/\${file}\`);
}

// Clusters can be written here as well, with the keys of the YAML document; import ClusterIntent above.
// new ClusterIntent(app, 'staging', {
//   platform: 'kubernetes',
//   network: { nodeCIDRs: ['10.128.16.0/20'], podCIDRs: ['10.120.128.0/17'], serviceCIDRs: ['10.121.0.0/22'] },
//   masquerade: { preserve: ['rfc1918'] },
// });

app.synth();
`;
}

/** What the compiler of TypeScript is told. */
export const TSCONFIG = `{
  "compilerOptions": {
    "target": "es2022",
    "module": "node16",
    "types": ["node"],
    "strict": true,
    "noEmit": true
  },
  "files": ["main.ts"]
}
`;

/** What cdk8s-cli reads. */
export function cdk8sYaml(language: Language): string {
  return `# For "npx cdk8s-cli synth", which renders the same as "npx masq synth", with masq's checks on all that is rendered.
language: typescript # cdk8s-cli's word for everything that runs on Node
app: ${RUN[language]}
output: dist
validations:
  - package: ./node_modules/cdk8s-masq/lib/constructs/validation-plugin.js
    class: MasqValidation
    version: ${version}
`;
}

/** The settings of the repository. */
export function settings(language: Language, syncing: Syncing | undefined): string {
  return `# yaml-language-server: $schema=./node_modules/cdk8s-masq/schemas/settings.schema.json
# What every call of masq here should know: yours, a hook's and a CI job's.
intents: [intents] # checked, and rendered
apps: [${RUN[language]}] # renders them too, to the same, and what you add to it
output: dist
prune: true # what was rendered for clusters that are gone is deleted
${gitOps(syncing)}# rules: # what is to be made of findings
#   - code: MQ303
#     paths: [intents/lab/**]
#     severity: off
#     reason: the lab has no way to the internet
`;
}

function gitOps(syncing: Syncing | undefined): string {
  if (!syncing) return '';
  const { tool, isExample } = syncing;
  const title = tool === 'argocd' ? 'Argo CD' : 'Flux';
  const change = isExample ? '; change --repo to the URL that it reads this repository from' : '';
  return `gitops: # what ${title} needs for it, rendered with it: the words of "masq gitops"${change}
  - ${gitOpsWords(syncing).join(' ')}
`;
}
