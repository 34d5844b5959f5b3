import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { describe, expect, test } from 'vitest';
import { intentsFromFile, type MasqApp } from '../../constructs';
import { addFleet } from '../../examples/fleet-typescript/fleet';
import { committed, FLEET_APP, intents, ROOT, readFiles, render, withFolder } from './examples';

/** Runs a program of node in the repository's root and fails with everything that it said. */
function run(program: string, ...args: string[]): string {
  if (!existsSync(join(ROOT, 'lib/cli/masq.js'))) throw new Error('lib/ is missing: run "npm run build" first');
  const env = { ...process.env, CDK8S_CHECK_UPGRADE: 'false', NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, program), ...args], {
    cwd: ROOT,
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit code ${status}\n${stdout}${stderr}`);
  return stdout;
}

function all(app: MasqApp): void {
  for (const { file } of intents()) intentsFromFile(app, file);
  addFleet(app);
}

describe('dist/ is what the examples render to', () => {
  test('through masq synth, which says so too', () => {
    const files = withFolder(folder => {
      run('lib/cli/masq.js', 'synth', 'examples', '--app', FLEET_APP, '--output', folder);
      return readFiles(folder);
    });
    expect(files).toEqual(committed());
    const said = run('lib/cli/masq.js', 'synth', 'examples', '--app', FLEET_APP, '--check', '--prune');
    expect(said).toBe(`up to date: ${clusters().length} clusters, ${committed().size} files in dist/\n`);
  });

  test('through cdk8s synth with the validation plugin, twice', () => {
    withFolder(folder => {
      for (const time of ['first', 'second']) {
        const said = run('node_modules/cdk8s-cli/bin/cdk8s', 'synth', '--output', folder);
        expect(said, time).toContain('Validations ended succesfully');
        expect(readFiles(folder), time).toEqual(committed());
      }
    });
  });

  test('through constructs, twice', () => {
    expect(render(all).files).toEqual(committed());
    expect(render(all).files).toEqual(committed());
  });
});

describe('the place of constructs in the tree does not matter', () => {
  test('the other way round', () => {
    const { files } = render(app => {
      addFleet(app);
      for (const { file } of intents().reverse()) intentsFromFile(app, file);
    });
    expect(files).toEqual(committed());
  });

  test('below constructs of other kinds', () => {
    const { files } = render(app => {
      const deep = new Construct(new Construct(app, 'regions'), 'eu');
      addFleet(deep);
      intents().forEach(({ file }, i) => {
        intentsFromFile(new Construct(app, `team-${i}`), file);
      });
    });
    expect(files).toEqual(committed());
  });

  test('below another chart, which renders nothing of theirs', () => {
    const { files } = render(app => addFleet(new Chart(app, 'platform')));
    const fleet = [...committed()].filter(([path]) => path.startsWith('fleet-ts-'));
    expect(files).toEqual(new Map(fleet));
  });
});

test('every file is in the folder of a cluster, and no other file is', () => {
  const folders = new Set([...committed().keys()].map(path => path.split('/')[0]!));
  expect([...folders].sort()).toEqual(clusters());
  for (const path of committed().keys()) expect(path).toMatch(/^[a-z0-9-]+\/(?:patches\/|\d\d-)[a-z0-9.-]+\.yaml$/);
});

test('no path of a machine is in what is rendered', () => {
  for (const [path, text] of committed()) {
    expect(text.includes(ROOT) || text.includes(relative('/', ROOT)), path).toBe(false);
  }
});

function clusters(): string[] {
  const yaml = intents().flatMap(({ text }) =>
    [...text.matchAll(/^kind: ClusterIntent\nmetadata:\n {2}name: (\S+)/gm)].map(m => m[1]!),
  );
  let typescript: string[] = [];
  render(app => {
    typescript = addFleet(app).map(cluster => cluster.clusterName);
  });
  return [...yaml, ...typescript].sort();
}
