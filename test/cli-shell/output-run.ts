import * as fs from 'node:fs';
import { commitOutput, compareOutput, type OutputFs, type OutputPlan } from '../../cli/output';

/** A run of its own process: `tsx output-run.ts ROOT LABEL TIMES [KILL_AT]`; dies at the KILL_AT-th rename into place. */
const [root, label, times, killAt] = process.argv.slice(2) as [string, string, string, string?];

const HEADER = '# masq\n';
const files = new Map(Array.from({ length: 12 }, (_, i) => [`${label}-${i}.yaml`, `${HEADER}${label}\n`] as const));
for (let i = 0; i < 12; i++) files.set(`shared-${i}.yaml`, `${HEADER}${label} ${i}\n`);
const plan: OutputPlan = { root, folders: new Map([['prod', files]]), owned: content => content.startsWith(HEADER) };

let renames = 0;
const deadly: OutputFs = {
  ...fs,
  renameSync(from, to) {
    if (String(to).includes('prod') && ++renames === Number(killAt)) process.kill(process.pid, 'SIGKILL');
    fs.renameSync(from, to);
  },
};

for (let i = 0; i < Number(times); i++) {
  commitOutput(plan, compareOutput(plan), { prune: false }, killAt === undefined ? fs : deadly);
}
