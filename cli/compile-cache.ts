import * as nodeModule from 'node:module';

/** Lets Node keep compiled code between runs, where it can (22.1 and later); it only makes starting faster. */
export function enableCompileCache(): void {
  const { enableCompileCache: enable } = nodeModule as { enableCompileCache?: () => unknown };
  enable?.();
}
