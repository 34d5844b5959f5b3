export { commitOutput } from './commit';
export { compareOutput } from './compare';
export { OutputError, type OutputFs } from './file-system';
export type { OutputChange, OutputPlan } from './plan';
