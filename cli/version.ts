import manifest from '../package.json';

/** masq's own version. */
export const version: string = manifest.version;
