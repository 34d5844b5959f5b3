import { spawnSync } from 'node:child_process';

/** What image tests run, and how each is asked whether it is there. */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  podman: ['podman', '--version'],
  runc: ['runc', '--version'],
  skopeo: ['skopeo', '--version'],
};

/** Whether containers can be run here; in CI they have to be. */
export function hasContainers(): boolean {
  const missing = Object.entries(PROGRAMS).filter(([, [program, ...args]]) => spawnSync(program!, args).status !== 0);
  const why =
    process.getuid?.() === 0
      ? missing.map(([name]) => `${name} is missing`).join(', ')
      : 'only root can run containers';
  if (why === '') return true;
  if (process.env.CI) throw new Error(`${why}: the image is not run`);
  console.warn(`SKIPPED: ${why}, the image is not run`);
  return false;
}
