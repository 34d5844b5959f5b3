import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { GITOPS_EXAMPLES } from '../examples/gitops/commands';

/** Renders the examples of GitOps files with the built command line, or with `--check` compares them. */
for (const words of GITOPS_EXAMPLES) {
  const args = ['lib/cli/masq.js', 'gitops', ...words, ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, args, { cwd: join(__dirname, '..'), stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
