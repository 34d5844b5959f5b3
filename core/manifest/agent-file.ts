import { OPTION_DEFAULTS } from '../agentfile/options';
import { suggest, type ValuePath } from '../diagnostics';
import type { Findings } from '../intent/findings';
import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';
import { list, record, written } from './object';
import { normalPath, POD } from './pod';

/** Where a DaemonSet takes the agent's file from. */
export interface FileReference {
  /** The ConfigMap's name. */
  readonly name: string;
  /** The key in its `data`. */
  readonly key: string;
  /** Whether the pods start without it. */
  readonly optional: boolean;
  /** Where the DaemonSet names the ConfigMap. */
  readonly path: ValuePath;
}

type Values = Readonly<Record<string, unknown>>;

/** Whether a volume mounted at a path could hide the agent's file where it usually is, or be hidden by it. */
export function mountsOver(path: string): boolean {
  const folder = folderOf(OPTION_DEFAULTS.config);
  const other = normalPath(path);
  return isWithin(folder, other) || isWithin(other, folder);
}

function folderOf(file: string): string {
  return normalPath(`${file}/..`);
}

function isWithin(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

/** The file that an agent looks for. */
interface SoughtFile {
  /** Its path. @default /etc/config/ip-masq-agent */
  readonly file?: string | undefined;
  /** Whether another project's agent reads it, perhaps from elsewhere. */
  readonly foreign: boolean;
}

/** Checks that the agent's container finds its file, and says which ConfigMaps it comes from; undefined: nothing is mounted there. */
export function checkFile(
  document: SourceDocument,
  container: ValuePath,
  { file: path = OPTION_DEFAULTS.config, foreign }: SoughtFile,
  findings: Findings,
): readonly FileReference[] | undefined {
  const file = normalPath(path);
  const folder = folderOf(file);
  const volumes = list(valueAt(document.value, [...POD, 'volumes'])).map(record);
  const names = volumes.map(volume => written(volume.name));
  const mounts = list(valueAt(document.value, [...container, 'volumeMounts'])).map(record);
  const mount = mountHolding(mounts, file);
  if (!mount) {
    const path = mounts.length > 0 ? [...container, 'volumeMounts', 0, 'mountPath'] : container;
    findings.add(
      'MQ604',
      path,
      `nothing is mounted at ${folder}, where the agent looks for its file: it would use its built-in list`,
    );
    return undefined;
  }
  const at = [...container, 'volumeMounts', mount.index];
  if (mount.within === '') {
    const message = `a volume mounted at ${file} is a folder there, and the agent cannot read it; write "mountPath: ${folder}"`;
    findings.add('MQ604', [...at, 'mountPath'], message);
    return [];
  }
  for (const key of ['subPath', 'subPathExpr'].filter(name => Object.hasOwn(mounts[mount.index]!, name))) {
    const message = `a mount with ${key} never sees a changed ConfigMap; mount the whole volume at ${folder}`;
    findings.add('MQ604', [...at, key], { message, severity: 'warning' });
  }
  const index = names.indexOf(written(mounts[mount.index]!.name));
  if (index < 0) return [];
  const wanted = { read: file, file: mount.within, above: mount.above, foreign };
  return checkSource(volumes[index]!, [...POD, 'volumes', index], wanted, findings);
}

/** Checks that the volumes which containers mount are there. */
export function checkVolumesThere(document: SourceDocument, findings: Findings): void {
  const names = list(valueAt(document.value, [...POD, 'volumes'])).map(volume => written(record(volume).name));
  for (const kind of ['initContainers', 'containers']) {
    list(valueAt(document.value, [...POD, kind])).forEach((container, i) => {
      const mounts = list(record(container).volumeMounts).map(record);
      checkMounted(mounts, names, [...POD, kind, i], findings);
    });
  }
}

function checkMounted(
  mounts: readonly Values[],
  names: readonly string[],
  container: ValuePath,
  findings: Findings,
): void {
  mounts.forEach((mount, i) => {
    if (names.includes(written(mount.name))) return;
    const near = suggest(written(mount.name), names) ?? (names.length === 1 ? names[0] : undefined);
    const instead = near ? `did you mean "${near}"?` : 'add the volume';
    const message = `no volume is called "${written(mount.name)}"; ${instead}`;
    findings.add('MQ601', [...container, 'volumeMounts', i, 'name'], message);
  });
}

/** The mount that a file or folder comes from, which is the deepest one: its way in the volume, and the path above it. */
export function mountHolding(
  mounts: readonly Values[],
  file: string,
): { readonly index: number; readonly within: string; readonly above: string } | undefined {
  const paths = mounts.map(mount => normalPath(mount.mountPath));
  const holding = paths.filter(path => isWithin(file, path));
  if (holding.length === 0) return undefined;
  // Of two at the same path, the later one is on top.
  const index = paths.lastIndexOf(holding.reduce((deepest, path) => (path.length > deepest.length ? path : deepest)));
  const below = file.slice(paths[index]!.length);
  const within = [...written(mounts[index]!.subPath).split('/'), ...below.split('/')].filter(Boolean).join('/');
  return { index, within, above: paths[index]!.replace(/\/$/, '') };
}

/** The file that a volume has to hold. */
interface Wanted {
  /** The path at which the agent reads it. */
  readonly read: string;
  /** Its way in the volume. */
  readonly file: string;
  /** The path that the volume is mounted at. */
  readonly above: string;
  /** Whether another project's agent reads it, perhaps from elsewhere. */
  readonly foreign: boolean;
}

function checkSource(volume: Values, path: ValuePath, wanted: Wanted, findings: Findings): readonly FileReference[] {
  if (Object.hasOwn(volume, 'configMap')) {
    return checkItems(record(volume.configMap), [...path, 'configMap'], wanted, findings);
  }
  if (Object.hasOwn(volume, 'projected')) return checkProjected(volume, path, wanted, findings);
  const kind = Object.keys(volume).find(key => key !== 'name') ?? 'emptyDir';
  const at = Object.hasOwn(volume, kind) ? [...path, kind] : path;
  if (kind === 'emptyDir') {
    const message = `the volume at ${wanted.above} is an empty folder, where the agent finds no file and uses its built-in list; write "configMap:" with the name of its ConfigMap`;
    findings.add('MQ604', at, message, 'key');
  } else {
    const message = `the agent's file comes from a ${kind} volume, into which masq does not look; a ConfigMap is what the documents name`;
    findings.add('MQ604', at, { message, severity: 'warning' }, 'key');
  }
  return [];
}

function checkItems(source: Values, path: ValuePath, wanted: Wanted, findings: Findings): readonly FileReference[] {
  const reference = referenceTo(source, path, wanted);
  if (reference) return [reference];
  const landing = record(list(source.items)[0]).path;
  const lands =
    landing === undefined ? 'the item lacks "path"' : `the file lands at ${wanted.above}/${written(landing)}`;
  const message = `${lands}, but the agent reads ${wanted.read}; write "path: ${wanted.file}"`;
  findings.add('MQ604', [...path, 'items', 0, 'path'], message);
  return [];
}

/** The key of a ConfigMap that a volume takes the agent's file from; undefined when it takes none. */
function referenceTo(source: Values, path: ValuePath, { file, foreign }: Wanted): FileReference | undefined {
  const items = list(source.items).map(record);
  const item = items.find(one => one.path === file) ?? (foreign ? items[0] : undefined);
  if (items.length > 0 && !item) return undefined;
  const key = item ? written(item.key) : file;
  return { name: written(source.name), key, optional: source.optional === true, path: [...path, 'name'] };
}

/** Projected volumes of several ConfigMaps are Azure's way; a `configMap:` whose keys lost their indentation is a common slip. */
function checkProjected(volume: Values, path: ValuePath, wanted: Wanted, findings: Findings): readonly FileReference[] {
  const sources = list(record(volume.projected).sources).map(record);
  const at = (i: number): ValuePath => [...path, 'projected', 'sources', i, 'configMap'];
  sources.forEach(({ configMap }, i) => {
    if (configMap !== null) return;
    findings.add('MQ211', at(i), 'configMap has no value; indent name, items and optional below it', 'key');
  });
  const named = sources.flatMap(({ configMap }, i) =>
    typeof record(configMap).name === 'string' ? [{ source: record(configMap), path: at(i) }] : [],
  );
  const references = named.flatMap(one => referenceTo(one.source, one.path, wanted) ?? []);
  const [first] = named;
  if (references.length > 0 || !first || named.length < sources.length) return references;
  return checkItems(first.source, first.path, wanted, findings);
}
