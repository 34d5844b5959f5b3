import { firstIntent } from '../first-intent';
import { PIPELINE, preCommitConfig, WORKFLOW } from './checks';
import type { AppOptions } from './options';
import { packageJson } from './package-json';
import { cdk8sYaml, PROGRAM, program, settings, TSCONFIG } from './program';
import { readme } from './readme';

const IGNORED = 'node_modules/\n';

/** Rendered files are compared byte by byte: on no machine may git change the ends of their lines. */
const ATTRIBUTES = `* text=auto eol=lf
/dist/** linguist-generated
/gitops/** linguist-generated
`;

/** The files of a new app, but for what it renders to, by their paths. */
export function appFiles(
  title: string,
  options: AppOptions,
  presentPackageJson: string | undefined,
): ReadonlyMap<string, string> {
  const { clusters, language, ci, syncing } = options;
  return new Map([
    ['.gitattributes', ATTRIBUTES],
    ['.gitignore', IGNORED],
    ['.masq.yaml', settings(language, syncing)],
    ['.pre-commit-config.yaml', preCommitConfig(language)],
    ci === 'github' ? ['.github/workflows/masq.yml', WORKFLOW] : ['.gitlab-ci.yml', PIPELINE],
    ['README.md', readme(title, options)],
    ['cdk8s.yaml', cdk8sYaml(language)],
    ...clusters.map(({ name, platform }): [string, string] => [`intents/${name}.yaml`, firstIntent(platform, name)]),
    [PROGRAM[language], program(language)],
    ['package.json', packageJson(title, language, presentPackageJson)],
    ...(language === 'typescript' ? [['tsconfig.json', TSCONFIG] as const] : []),
  ]);
}
