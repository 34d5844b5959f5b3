export { addOutput, commitOutput } from './commit';
export { compareOutput, foreignManifests } from './compare';
export { OutputError, type OutputFs } from './file-system';
export type { OutputChange, OutputPlan } from './plan';
