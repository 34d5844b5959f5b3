/** A platform version such as `1.29.4-gke.1043000` or `1.10.2`, as numbers. */
export interface PlatformVersion {
  /** The first number. */
  readonly major: number;
  /** The second number. */
  readonly minor: number;
  /** The third number. @default 0 when the text names none */
  readonly patch: number;
  /** The number behind `-gke.`. @default 0 when the text names none */
  readonly gke: number;
}

/** Reads a platform version; undefined when the text is none. A leading `v` is allowed. */
export function parseVersion(text: string): PlatformVersion | undefined {
  const match = /^v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,5}))?(?:-gke\.(\d{1,9}))?$/.exec(text);
  if (!match) return undefined;
  const [, major, minor, patch, gke] = match;
  return { major: Number(major), minor: Number(minor), patch: Number(patch ?? 0), gke: Number(gke ?? 0) };
}

/** Whether there can be such a version: all of Kubernetes, GKE and Anthos begin with `1.` and a number of two digits at most. */
export function isReleased({ major, minor }: PlatformVersion): boolean {
  return major === 1 && minor < 100;
}

/** Whether a version is the given one or a later one. */
export function atLeast(version: PlatformVersion, major: number, minor: number, patch = 0, gke = 0): boolean {
  const steps = [version.major - major, version.minor - minor, version.patch - patch, version.gke - gke];
  return (steps.find(step => step !== 0) ?? 0) >= 0;
}
