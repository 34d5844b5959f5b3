import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { parseAgentFlags } from '../../core/agentfile/flags';
import { readAgentFile } from '../../core/agentfile/read';
import { restoreText } from '../../core/dataplane/iptables-text';
import { planRules } from '../../core/dataplane/plan';
import { SourceText } from '../../core/source';
import { Packed, ROOT, run } from './packed';

let packed: Packed;

beforeAll(() => {
  packed = new Packed();
  packed.install();
});
afterAll(() => packed.close());

const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/** The same cluster in every language of the tests. */
const PROPS = `{
  clusterName: 'prod',
  platform: 'kubernetes',
  network: { nodeCIDRs: ['10.128.0.0/20'], podCIDRs: ['10.119.128.0/17'], serviceCIDRs: ['10.120.0.0/22'] },
  masquerade: { preserve: ['10.0.0.0/8', { cidr: '172.16.0.0/12', except: ['172.20.0.0/16'] }] },
}`;

const APP = `
const app = new MasqApp({ outdir: 'dist' });
new ClusterIntent(app, 'cluster', ${PROPS});
app.synth();
const plain = new App({ outdir: 'plain' });
new ClusterIntent(plain, 'cluster', ${PROPS});
plain.synth();
const { diagnostics } = checkFiles([{ file: 'x.yaml', text: 'nonMasqueradeCIDRs: [10.0.0.1/8]' }]);
const codes = diagnostics.map(found => found.code);
const cidrs = minimalCidrs(['10.0.0.0/9', '10.128.0.0/9']).v4;
console.log(JSON.stringify({ codes, cidrs, addresses: IntervalSet.full(4).count().toString() }));
`;

/** The objects in the files of a folder, in no order. */
function objects(folder: string): string[] {
  return readdirSync(join(packed.project, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .flatMap(entry => parseAllDocuments(readFileSync(join(entry.parentPath, entry.name), 'utf8')))
    .map(document => JSON.stringify(document.toJS()))
    .sort();
}

beforeEach(() => {
  for (const folder of ['dist', 'plain']) packed.run('-e', `fs.rmSync('${folder}', { recursive: true, force: true })`);
});

/** What every kind of app says and writes. */
function expectRendered(said: string): void {
  expect(JSON.parse(said)).toEqual({ codes: ['MQ101'], cidrs: ['10.0.0.0/8'], addresses: '4294967296' });
  expect(readdirSync(join(packed.project, 'dist'))).toEqual(['prod']);
  expect(readdirSync(join(packed.project, 'dist/prod'))).toHaveLength(3);
  expect(readdirSync(join(packed.project, 'plain'))).toEqual(['cluster.k8s.yaml']);
  expect(objects('plain')).toEqual(objects('dist'));
}

const COMMONJS = `
const { App } = require('cdk8s');
const { ClusterIntent, MasqApp } = require('cdk8s-masq');
const { checkFiles, IntervalSet, minimalCidrs } = require('cdk8s-masq/core');
${APP}`;

const MODULE = `
import { App } from 'cdk8s';
import { ClusterIntent, MasqApp } from 'cdk8s-masq';
import { checkFiles, IntervalSet, minimalCidrs } from 'cdk8s-masq/core';
${APP}`;

test('an app in JavaScript, CommonJS', () => {
  packed.write('app.cjs', COMMONJS);
  expectRendered(packed.run('app.cjs'));
});

test('an app in JavaScript, ES modules with named imports', () => {
  packed.write('app.mjs', MODULE);
  expectRendered(packed.run('app.mjs'));
});

test('every export can be imported by its name', () => {
  packed.write(
    'names.mjs',
    `
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
for (const entry of ['cdk8s-masq', 'cdk8s-masq/core', 'cdk8s-masq/cdk8s-validation']) {
  const names = Object.keys(require(entry));
  const module = await import(entry);
  console.log(entry, names.length, names.filter(name => module[name] === undefined).join() || 'all');
}
`,
  );
  const lines = packed.run('names.mjs').trimEnd().split('\n');
  expect(lines).toEqual([
    expect.stringMatching(/^cdk8s-masq \d\d all$/),
    expect.stringMatching(/^cdk8s-masq\/core \d\d\d? all$/),
    expect.stringMatching(/^cdk8s-masq\/cdk8s-validation 1 all$/),
  ]);
});

/** A module, an entry of the compiler, and the name of the source. `node10` is what apps of cdk8s-cli's template have. */
const COMPILERS: readonly (readonly [resolution: string, module: string, source: string])[] = [
  ['node16', 'node16', 'app.cts'],
  ['node16', 'node16', 'app.mts'],
  ['nodenext', 'nodenext', 'app.mts'],
  ['bundler', 'preserve', 'app.ts'],
  ['node10', 'commonjs', 'app.ts'],
];

describe('an app in TypeScript', () => {
  const typed = `${MODULE}
import type { ClusterIntentProps, Diagnostic } from 'cdk8s-masq';
import type { TreatmentMap } from 'cdk8s-masq/core';
import { MasqValidation } from 'cdk8s-masq/cdk8s-validation';
export const props: ClusterIntentProps = ${PROPS};
export const found: readonly Diagnostic[] = diagnostics;
export const plugin: new () => object = MasqValidation;
export type Reexported = TreatmentMap;
// @ts-expect-error: there is no such platform
export const wrong: ClusterIntentProps = { ...props, platform: 'openshift' };
// @ts-expect-error: a list is wanted
export const alsoWrong: ClusterIntentProps = { ...props, masquerade: { preserve: '10.0.0.0/8' } };
`;

  test.each(COMPILERS)('moduleResolution %s, module %s: %s', (moduleResolution, module, source) => {
    packed.write(source, typed);
    const compilerOptions = {
      module,
      moduleResolution,
      target: 'es2022',
      lib: ['es2022', 'dom'],
      types: [],
      strict: true,
      skipLibCheck: false,
      rootDir: '.',
      outDir: 'out',
      ...(moduleResolution === 'node10' && { ignoreDeprecations: '6.0', esModuleInterop: true }),
    };
    packed.write('tsconfig.json', JSON.stringify({ compilerOptions, files: [source] }));
    packed.run(TSC, '-p', '.');
    if (module === 'preserve') return;
    expectRendered(packed.run(`out/${source.replace('ts', 'js')}`));
  });
});

test('package.json and the schemas can be required, and nothing that is not exported', () => {
  packed.write(
    'subpaths.cjs',
    `
const { version, name } = require('cdk8s-masq/package.json');
const schema = require('cdk8s-masq/schemas/intent.schema.json');
let refused;
try {
  require('cdk8s-masq/lib/constructs/index.js');
} catch (error) {
  refused = error.code;
}
console.log(JSON.stringify({ version, name, schema: typeof schema.properties, refused }));
`,
  );
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const wanted = { version, name: 'cdk8s-masq', schema: 'object', refused: 'ERR_PACKAGE_PATH_NOT_EXPORTED' };
  expect(JSON.parse(packed.run('subpaths.cjs'))).toEqual(wanted);
  expect(
    packed.run(
      '-p',
      "require.resolve('cdk8s-masq/schemas/crds/' + require('fs').readdirSync('node_modules/cdk8s-masq/schemas/crds')[0])",
    ),
  ).toContain('schemas/crds/');
});

describe('the README, in an app that has nothing but the package', () => {
  const text = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const fence = (language: string, has: string): string =>
    [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].find(
      ([, of, body]) => of === language && body!.includes(has),
    )![2]!;
  const rendered = () => objects('dist');
  /** What iptables-save prints of a node on which the agent runs that was rendered. */
  const dumpOf = (folder: string): string => {
    const read = (name: string) => parse(readFileSync(join(packed.project, folder, name), 'utf8'));
    const { args } = read('30-daemonset-ip-masq-agent.yaml').spec.template.spec.containers[0];
    const file = read('20-configmap-ip-masq-agent.yaml').data.config as string;
    const { config } = readAgentFile(new SourceText('config', file));
    const plan = planRules(config!, parseAgentFlags(args).flags);
    return restoreText(plan, plan.families[0]!, { jump: true }).replace('*nat\n', '*nat\n:POSTROUTING ACCEPT [0:0]\n');
  };

  test('its intent, with each command of its table', () => {
    packed.write('intent.yaml', fence('yaml', 'kind: ClusterIntent'));
    const commands = [...text.matchAll(/^\| `masq (.+?)` \|/gm)].map(match => match[1]!);
    expect(commands.length).toBeGreaterThan(5);
    packed.write('.masq.yaml', 'intents: [intent.yaml]\n');
    packed.masq('synth', 'intent.yaml');
    packed.write('node.dump', dumpOf('dist/prod-eu-1'));
    for (const step of [
      'init -q -b main',
      'add intent.yaml',
      '-c user.name=a -c user.email=a@example.com commit -qm one',
    ]) {
      expect(spawnSync('git', step.split(' '), { cwd: packed.project }).status).toBe(0);
    }
    for (const command of commands) {
      // Manifests do not say the cluster's facts.
      const file = command.startsWith('import ')
        ? 'dist/prod-eu-1 --platform=gke-standard --node-cidr=10.128.0.0/20 --pod-cidr=10.119.128.0/17'
        : 'intent.yaml';
      const said = packed.masq(
        ...command
          .replace('FILE…', file)
          .replace('intents/', 'intent.yaml')
          .replace('DUMP', 'node.dump')
          .replace('URL', 'https://git.example.com/we/clusters.git')
          .split(' '),
        ...(command.startsWith('init g') ? ['--force'] : []),
        ...(command === 'init --app' ? ['-o', 'made'] : []),
      );
      expect(said, command).not.toBe('');
    }
    expect(readdirSync(join(packed.project, 'dist/prod-eu-1'))).toContain('20-configmap-ip-masq-agent.yaml');
  });

  test('its program, as a module, as CommonJS, and in TypeScript', () => {
    const program = fence('ts', 'new ClusterIntent');
    packed.write('readme.mjs', program);
    packed.run('readme.mjs');
    const asModule = rendered();
    expect(asModule).toHaveLength(2);
    packed.run('-e', "fs.rmSync('dist', { recursive: true })");
    packed.write('readme.cjs', program.replace(/^import (.*) from (.*);$/m, 'const $1 = require($2);'));
    packed.run('readme.cjs');
    expect(rendered()).toEqual(asModule);
    packed.write('readme.mts', program);
    const compilerOptions = { module: 'node16', target: 'es2022', strict: true, noEmit: true, types: [] };
    packed.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['readme.mts'] }));
    packed.run(TSC, '-p', '.');
  });

  test('its plugin, in cdk8s.yaml', () => {
    packed.write('readme.mjs', fence('ts', 'new ClusterIntent'));
    packed.write('cdk8s.yaml', `language: typescript\napp: node readme.mjs\n${fence('yaml', 'MasqValidation')}`);
    expect(packed.run(join(ROOT, 'node_modules/cdk8s-cli/bin/cdk8s'), 'synth')).toContain('Validations ended succes');
    packed.write(
      'plugin.mjs',
      `import { readFileSync } from 'node:fs'; console.log(readFileSync('dist/prod-eu-1/20-configmap-ip-masq-agent.yaml', 'utf8').includes('10.0.0.0/8'))`,
    );
    expect(packed.run('plugin.mjs')).toBe('true\n');
  });
});

describe('the installed command', () => {
  test('can be run by its link', () => {
    expect(statSync(join(packed.project, 'node_modules/.bin/masq')).mode & 0o111).toBe(0o111);
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(packed.masq('--version')).toBe(`masq ${version}\n`);
  });

  test('needs no other package, so that GitLab’s template installs none', () => {
    const alone = join(packed.project, '../alone');
    cpSync(join(packed.project, 'node_modules/cdk8s-masq'), alone, { recursive: true });
    expect(run(alone, 'lib/cli/masq.js', 'synth', 'examples/fleet-yaml')).toMatch(/^rendered 3 clusters, /);
    expect(run(alone, 'lib/cli/masq.js', 'validate', 'dist')).toMatch(/^no findings in 10 files /);
    const { '.masq': job } = parse(readFileSync(join(ROOT, 'ci/gitlab.yml'), 'utf8')) as Record<string, object>;
    expect(job).toMatchObject({ before_script: [expect.stringContaining(' --legacy-peer-deps ')] });
  });

  test('validates and renders the intent that it writes, to what the app renders', () => {
    packed.masq('init', 'kubernetes', '--force');
    expect(packed.masq('validate', 'masq.yaml')).toBe('no findings in 1 file (1 document)\n');
    expect(packed.masq('synth', 'masq.yaml')).toBe('rendered 1 cluster, 3 files in dist/: 3 written\n');
    packed.write('app.cjs', COMMONJS.replace("{ outdir: 'dist' }", ''));
    const rendered = packed.masq('synth', '--app', 'node app.cjs', '-o', 'out-app');
    expect(rendered).toContain('rendered 1 cluster, 3 files in out-app/: 3 written\n');
  });

  test('the schema that an intent names for editors is there', () => {
    const line = packed.masq('init', 'kubernetes', '-o', '-').split('\n')[0]!;
    const path = /\$schema=(\S+)/.exec(line)![1]!;
    expect(parse(readFileSync(join(packed.project, path), 'utf8'))).toHaveProperty('$schema');
  });
});
