import type { Imported, ImportOptions } from '../../core/import/import';

/** Imports with those options that what is imported hangs on: one that has no effect is refused. */
export function importNeeded(options: ImportOptions, run: (options: ImportOptions) => Imported): Imported {
  const { misused } = run(options);
  const isIdle = (option: string): boolean => misused.some(line => line.startsWith(option));
  const { internetRoute, preserveCluster, ...rest } = options;
  return run({
    ...rest,
    ...(internetRoute && !isIdle('--internet-route') && { internetRoute }),
    ...(preserveCluster && !isIdle('--preserve-cluster') && { preserveCluster }),
  });
}
