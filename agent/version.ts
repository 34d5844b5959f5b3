import { version as manifestVersion } from '../package.json';

/** The agent's version, which is masq's. */
export const version: string = manifestVersion;
