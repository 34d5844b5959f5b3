import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MASQ, median, run, table } from './child';
import { typicalIntent } from './intents';

const ROUNDS = 25;
const DOCUMENTS = 5000;

/** Whole processes against `node -e 0`, in turns so that a noisy machine is noisy for all of them. */
function main(): void {
  const folder = mkdtempSync(join(tmpdir(), 'masq-bench-'));
  try {
    const one = join(folder, 'one.yaml');
    writeFileSync(one, typicalIntent('one'));
    const cold = { NODE_DISABLE_COMPILE_CACHE: '1' };
    const cache = { XDG_CACHE_HOME: join(folder, 'cache') };
    const validate = [MASQ, 'validate', one];
    const synth = [MASQ, 'synth', one, '-o', join(folder, 'dist')];
    const subjects = [
      { name: 'node -e 0', args: ['-e', '0'], env: {}, target: '' },
      { name: 'masq validate', args: validate, env: cache, target: '1.4' },
      { name: 'masq validate, no compile cache', args: validate, env: cold, target: '' },
      { name: 'masq synth', args: synth, env: cache, target: '3' },
      { name: 'masq synth, no compile cache', args: synth, env: cold, target: '' },
    ];
    const walls = subjects.map((): number[] => []);
    for (let round = -2; round < ROUNDS; round++) {
      subjects.forEach(({ args, env }, i) => {
        const { wall } = run(args, { env });
        if (round >= 0) walls[i]!.push(wall);
      });
    }
    const base = walls[0]!;
    const rows = subjects.map(({ name, target }, i) => [
      name,
      median(walls[i]!).toFixed(0),
      Math.min(...walls[i]!).toFixed(0),
      (median(walls[i]!) / median(base)).toFixed(2),
      (Math.min(...walls[i]!) / Math.min(...base)).toFixed(2),
      target,
    ]);
    console.log(table([['', 'median ms', 'least ms', 'ratio', 'of the least', 'target'], ...rows]));
    throughput(join(folder, 'many'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function throughput(folder: string): void {
  mkdirSync(folder);
  for (let i = 0; i < DOCUMENTS; i++) writeFileSync(join(folder, `${i}.yaml`), typicalIntent(`c-${i}`));
  const { cpu, memory } = run([MASQ, 'validate', '-q', folder], { usage: true });
  const rate = Math.round(DOCUMENTS / (cpu / 1000));
  console.log(
    `\n${DOCUMENTS} files in one call: ${rate} documents per CPU second (target 1300), ${memory.toFixed(0)} MiB at the peak`,
  );
}

main();
