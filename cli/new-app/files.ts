import { firstIntent } from '../first-intent';
import { PIPELINE, PRE_COMMIT_CONFIG, WORKFLOW } from './checks';
import type { AppOptions } from './options';
import { packageJson } from './package-json';
import { cdk8sYaml, PROGRAM, program, settings, TSCONFIG } from './program';
import { readme } from './readme';

const IGNORED = 'node_modules/';

/** Rendered files are compared byte by byte: on no machine may git change the ends of their lines. */
const ATTRIBUTES = `* text=auto eol=lf
/dist/** linguist-generated
/gitops/** linguist-generated
`;

/**
 * The files of a new app, but for what it renders to, by their paths. A README that is there stays as it is, and lists
 * that are there are completed.
 */
export function appFiles(
  title: string,
  options: AppOptions,
  there: (path: string) => string | undefined,
): ReadonlyMap<string, string> {
  const { clusters, language, ci, syncing } = options;
  return new Map([
    ['.gitattributes', ATTRIBUTES],
    ['.gitignore', withLine(there('.gitignore') ?? '', IGNORED)],
    ['.masq.yaml', settings(language, syncing)],
    ['.pre-commit-config.yaml', PRE_COMMIT_CONFIG],
    ci === 'github' ? ['.github/workflows/masq.yml', WORKFLOW] : ['.gitlab-ci.yml', PIPELINE],
    ['README.md', there('README.md') ?? readme(title, options)],
    ['cdk8s.yaml', cdk8sYaml(language)],
    ...clusters.map(({ name, platform }): [string, string] => [
      `intents/${name}.yaml`,
      firstIntent(platform, name, 'intents'),
    ]),
    [PROGRAM[language], program(language)],
    ['package.json', packageJson(title, language, there('package.json'))],
    ...(language === 'typescript' ? [['tsconfig.json', TSCONFIG] as const] : []),
  ]);
}

function withLine(text: string, line: string): string {
  if (text.split(/\r?\n/).some(one => one.trim() === line)) return text;
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`;
}
