import { OutputError } from './file-system';
import { STAGING } from './lock';

/** What is to be in an output folder. */
export interface OutputPlan {
  /** The output folder. It may not exist yet. */
  readonly root: string;
  /** A folder a cluster: the files in it by their names relative to it, which may contain `/`. */
  readonly folders: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /**
   * The files of the output folder itself, when all of it is planned: every other file of masq below it is then one that
   * is no longer rendered, and no orphan.
   */
  readonly files?: ReadonlyMap<string, string>;
  /** Whether a file with this content, at this place below the root, is masq's to replace or to delete. */
  readonly owned: (content: string, path: string) => boolean;
}

/**
 * A difference between a plan and what is there. `delete`: a file of masq in a planned folder that is no longer
 * rendered. `orphan`: a file of masq anywhere else below the root.
 */
export interface OutputChange {
  /** What is to be done. */
  readonly kind: 'create' | 'update' | 'delete' | 'orphan';
  /** Relative to the root, with `/`. */
  readonly path: string;
  /** Whether nothing differs but that lines end as they do on Windows, which is git's doing. */
  readonly isLineEnds?: true;
}

/** All files of a plan by their path relative to the root. */
export function wantedFiles({ folders, files: own = new Map() }: OutputPlan): Map<string, string> {
  const wanted = new Map<string, string>();
  const spellings = new Map<string, string>();
  const add = (name: string, path: string, content: string): void => {
    refuseName(name);
    const other = spellings.get(path.toLowerCase());
    if (other !== undefined) throw new OutputError(`"${other}" and "${path}" are one file where case does not count`);
    spellings.set(path.toLowerCase(), path);
    wanted.set(path, content);
  };
  for (const [name, content] of own) add(name, name, content);
  for (const [folder, files] of folders) {
    refuseName(folder);
    for (const [name, content] of files) add(name, `${folder}/${name}`, content);
  }
  for (const path of wanted.keys()) {
    const above = foldersAbove(path).find(folder => wanted.has(folder));
    if (above !== undefined) throw new OutputError(`"${above}" is to be a file, and a folder for "${path}"`);
  }
  return wanted;
}

function refuseName(name: string): void {
  const bad = (part: string): boolean => part === '' || part === '.' || part === '..' || part.startsWith(STAGING);
  if (/[\\\0]/.test(name) || /^[A-Za-z]:/.test(name) || name.split('/').some(bad)) {
    throw new OutputError(`${JSON.stringify(name)} is not a name inside the output folder`);
  }
}

/** `a/b` and `a` for `a/b/c`: the nearest one first. */
export function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) folders.push(path.slice(0, at));
  return folders;
}
