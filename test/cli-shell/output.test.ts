import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addOutput, commitOutput, compareOutput, OutputError, type OutputFs, type OutputPlan } from '../../cli/output';

const H = '# masq\n';
let root: string;

beforeEach(() => {
  root = join(fs.mkdtempSync(join(tmpdir(), 'masq-output-')), 'dist');
});

afterEach(() => fs.rmSync(dirname(root), { recursive: true }));

type Folders = Record<string, Record<string, string>>;

function plan(folders: Folders): OutputPlan {
  return {
    root,
    folders: new Map(Object.entries(folders).map(([name, files]) => [name, new Map(Object.entries(files))])),
    owned: content => content.startsWith(H),
  };
}

function commit(folders: Folders, prune = false, through: OutputFs = fs): void {
  const wanted = plan(folders);
  commitOutput(wanted, compareOutput(wanted), { prune }, through);
}

function put(files: Record<string, string>): void {
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(dirname(join(root, name)), { recursive: true });
    fs.writeFileSync(join(root, name), content);
  }
}

/** Everything below the root: files with their content, folders with a slash. */
function tree(): Record<string, string> {
  const found: Record<string, string> = {};
  if (!fs.statSync(root, { throwIfNoEntry: false })?.isDirectory()) return found;
  for (const entry of fs.readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(root.length + 1);
    if (entry.isDirectory()) found[`${name}/`] = '';
    else found[name] = entry.isFile() ? fs.readFileSync(path, 'utf8') : 'neither';
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const changes = (folders: Folders): string[] => compareOutput(plan(folders)).map(c => `${c.kind} ${c.path}`);

test('everything is new', () => {
  const folders = { prod: { 'b.yaml': `${H}b`, 'crds/a.yaml': `${H}a` }, dev: { 'a.yaml': `${H}a` } };
  expect(changes(folders)).toEqual(['create dev/a.yaml', 'create prod/b.yaml', 'create prod/crds/a.yaml']);
  expect(fs.existsSync(root)).toBe(false);
  commit(folders);
  expect(tree()).toEqual({
    'dev/': '',
    'dev/a.yaml': `${H}a`,
    'prod/': '',
    'prod/b.yaml': `${H}b`,
    'prod/crds/': '',
    'prod/crds/a.yaml': `${H}a`,
  });
  expect(changes(folders)).toEqual([]);
});

test('changes, stale files, orphans', () => {
  put({
    'prod/same.yaml': `${H}1`,
    'prod/other.yaml': `${H}old`,
    'prod/gone/stale.yaml': `${H}x`,
    'prod/notes.md': 'mine',
    'old/a.yaml': `${H}x`,
    'old/notes.md': 'mine',
    'older/a.yaml': `${H}x`,
    'top.yaml': `${H}x`,
    '.git/a.yaml': `${H}x`,
    'node_modules/a.yaml': `${H}x`,
  });
  const folders = { prod: { 'same.yaml': `${H}1`, 'other.yaml': `${H}new` } };
  expect(changes(folders)).toEqual([
    'orphan old/a.yaml',
    'orphan older/a.yaml',
    'delete prod/gone/stale.yaml',
    'update prod/other.yaml',
    'orphan top.yaml',
  ]);
  commit(folders);
  const after = tree();
  expect(Object.keys(after).filter(name => name.startsWith('prod'))).toEqual([
    'prod/',
    'prod/notes.md',
    'prod/other.yaml',
    'prod/same.yaml',
  ]);
  expect(after['prod/other.yaml']).toBe(`${H}new`);
  expect(changes(folders)).toEqual(['orphan old/a.yaml', 'orphan older/a.yaml', 'orphan top.yaml']);
  commit(folders, true);
  expect(Object.keys(tree()).filter(name => !name.startsWith('prod'))).toEqual([
    '.git/',
    '.git/a.yaml',
    'node_modules/',
    'node_modules/a.yaml',
    'old/',
    'old/notes.md',
  ]);
});

test('only those orphans go that were among the changes', () => {
  put({ 'old/a.yaml': `${H}x`, 'old/b.yaml': `${H}x` });
  commitOutput(
    plan({}),
    [
      { kind: 'orphan', path: 'old/a.yaml' },
      { kind: 'orphan', path: '../etc' },
    ],
    { prune: true },
  );
  expect(tree()).toEqual({ 'old/': '', 'old/b.yaml': `${H}x` });
});

test('a folder without a single file left goes as well', () => {
  put({ 'prod/a/b/c.yaml': `${H}x` });
  commit({ prod: {} });
  expect(tree()).toEqual({});
  expect(fs.existsSync(root)).toBe(true);
});

test('a second run writes nothing, and a change touches only its own file', () => {
  const folders = { prod: { 'a.yaml': `${H}a`, 'b.yaml': `${H}b` } };
  commit(folders);
  const old = new Date(1_000_000);
  const places = ['', 'prod', 'prod/a.yaml', 'prod/b.yaml'];
  const times = () => places.map(place => fs.statSync(join(root, place)).mtimeMs);
  for (const place of places) fs.utimesSync(join(root, place), old, old);
  commit(folders);
  expect(times()).toEqual(places.map(() => 1_000_000));
  commit({ prod: { 'a.yaml': `${H}a`, 'b.yaml': `${H}new` } });
  expect(times()[2]).toBe(1_000_000);
  expect(times()[3]).not.toBe(1_000_000);
});

test('a file keeps its mode', () => {
  commit({ prod: { 'a.yaml': `${H}a` } });
  fs.chmodSync(join(root, 'prod/a.yaml'), 0o600);
  commit({ prod: { 'a.yaml': `${H}b` } });
  expect(fs.statSync(join(root, 'prod/a.yaml')).mode & 0o777).toBe(0o600);
});

describe('what is refused, before anything is written', () => {
  const refused = (folders: Folders): string => {
    const before = tree();
    let message = '';
    try {
      commitOutput(plan(folders), [], { prune: true });
    } catch (error) {
      expect(error).toBeInstanceOf(OutputError);
      message = (error as Error).message;
    }
    expect(() => compareOutput(plan(folders))).toThrow(new OutputError(message));
    expect(tree()).toEqual(before);
    return message.replaceAll(dirname(root), '.');
  };
  const A = { 'a.yaml': `${H}a` };

  test('files of others', () => {
    put({ 'prod/a.yaml': 'mine', 'prod/b.yaml': 'mine' });
    expect(refused({ prod: A })).toBe(
      '"./dist/prod/a.yaml" is in the way and not written by masq; move it away or render into another folder',
    );
    expect(refused({ prod: { 'new.yaml': H, 'b.yaml': H, ...A } })).toBe(
      '"./dist/prod/a.yaml", "./dist/prod/b.yaml" are in the way and not written by masq; move them away or render into another folder',
    );
  });

  test('a file of others with the very content is no obstacle', () => {
    put({ 'prod/a.yaml': 'same' });
    commit({ prod: { 'a.yaml': 'same' } });
  });

  test.each(['..', '.', '', '/etc', 'a/../b', 'a//b', 'a\\b', 'C:/x', 'a\0', '.masq-staging', 'a/'])(
    'the name %j',
    name => {
      expect(refused({ [name]: A })).toBe(`${JSON.stringify(name)} is not a name inside the output folder`);
      expect(refused({ prod: { [name]: H } })).toBe(`${JSON.stringify(name)} is not a name inside the output folder`);
    },
  );

  test('names that are in each other’s way', () => {
    expect(refused({ prod: { a: H, 'a/b': H } })).toBe('"prod/a" is to be a file, and a folder for "prod/a/b"');
    expect(refused({ prod: { a: H, A: H } })).toBe('"prod/a" and "prod/A" are one file where case does not count');
  });

  test('a root that is no folder', () => {
    fs.writeFileSync(root, '');
    expect(refused({ prod: A })).toBe('"./dist" is not a folder');
    const file = root;
    root = join(file, 'deep');
    expect(() => commit({ prod: A })).toThrow(new OutputError(`a part of the path "${root}" is not a folder`));
    root = file;
    fs.rmSync(root);
    fs.symlinkSync('nowhere', root);
    expect(refused({ prod: A })).toBe('"./dist" is a symbolic link that leads nowhere');
  });

  test('links, folders and files in the way', () => {
    put({ 'c/x': H });
    fs.mkdirSync(join(dirname(root), 'outside'));
    fs.symlinkSync('../outside', join(root, 'prod'));
    expect(refused({ prod: A })).toBe('"./dist/prod" is a symbolic link; masq writes only where none leads away');
    expect(refused({ prod: {} })).toBe('"./dist/prod" is a symbolic link; masq writes only where none leads away');
    fs.mkdirSync(join(root, 'dev'));
    fs.symlinkSync('../../outside', join(root, 'dev/sub'));
    expect(refused({ dev: { 'sub/a.yaml': H } })).toContain('"./dist/dev/sub" is a symbolic link');
    fs.symlinkSync('../c/x', join(root, 'dev/a.yaml'));
    expect(refused({ dev: A })).toContain('"./dist/dev/a.yaml" is a symbolic link');
    expect(refused({ c: { 'x/y': H } })).toBe('"./dist/c/x" is a file, but is to be a folder');
    fs.mkdirSync(join(root, 'e/a.yaml'), { recursive: true });
    expect(refused({ e: A })).toBe('"./dist/e/a.yaml" is a folder, but is to be a file');
    spawnSync('mkfifo', [join(root, 'e/pipe')]);
    expect(refused({ e: { pipe: H } })).toBe('"./dist/e/pipe" is neither a file nor a folder, but is to be a file');
  });

  test('a root that is a link to a folder is fine', () => {
    fs.mkdirSync(join(dirname(root), 'real'));
    fs.symlinkSync('real', root);
    commit({ prod: A });
    expect(fs.readFileSync(join(dirname(root), 'real/prod/a.yaml'), 'utf8')).toBe(`${H}a`);
  });
});

describe('a failure in the middle', () => {
  const before = {
    'keep/x.yaml': `${H}x`,
    'prod/a.yaml': `${H}old a`,
    'prod/b.yaml': `${H}old b`,
    'prod/old/c.yaml': `${H}c`,
  };
  const after: Folders = {
    prod: { 'a.yaml': `${H}a`, 'b.yaml': `${H}b`, 'new/deep/d.yaml': `${H}d`, 'e.yaml': `${H}e` },
  };

  /** Fails at the n-th call of a function, once or from then on. */
  function failing(
    name: 'renameSync' | 'writeFileSync' | 'fsyncSync' | 'linkSync' | 'mkdirSync',
    n: number,
    forGood = false,
  ): OutputFs {
    let calls = 0;
    const original = { ...fs }[name] as (...args: unknown[]) => unknown;
    return {
      ...fs,
      [name]: (...args: unknown[]) => {
        calls++;
        if (calls === n || (forGood && calls > n))
          throw Object.assign(new Error(`EIO: i/o error, ${name}`), { code: 'EIO' });
        return original(...args);
      },
    };
  }

  const names = ['renameSync', 'writeFileSync', 'mkdirSync'] as const;
  test.each(names.flatMap(name => Array.from({ length: 12 }, (_, i) => [name, i + 1] as const)))(
    '%s, call %i: all or nothing',
    (name, n) => {
      put(before);
      fs.utimesSync(join(root, 'prod/a.yaml'), 1000, 1000);
      const old = tree();
      let failed = false;
      try {
        commit(after, false, failing(name, n));
      } catch (error) {
        expect((error as Error).message).toBe(`EIO: i/o error, ${name}`);
        failed = true;
      }
      const staged = Object.keys(tree()).some(path => path.startsWith('.masq'));
      if (failed) {
        expect(tree()).toEqual(old);
        expect(fs.statSync(join(root, 'prod/a.yaml')).mtimeMs).toBe(1_000_000);
      } else if (!staged) expect(changes(after)).toEqual(['orphan keep/x.yaml']);
      if (n === 2) expect(failed).toBe(true);
    },
  );

  test('where links are not to be had, copies are kept', () => {
    put(before);
    const old = tree();
    const noLinks = failing('linkSync', 1, true);
    expect(() => commit(after, false, { ...noLinks, renameSync: failing('renameSync', 4).renameSync })).toThrow('EIO');
    expect(tree()).toEqual(old);
    commit(after, false, noLinks);
    expect(changes(after)).toEqual(['orphan keep/x.yaml']);
  });

  test('what cannot be restored is kept, and the error says where', () => {
    put(before);
    let calls = 0;
    const broken: OutputFs = {
      ...fs,
      renameSync(from, to) {
        if (String(to).includes('prod') && ++calls > 1) throw new Error('EIO: i/o error, rename');
        fs.renameSync(from, to);
      },
    };
    let message = '';
    try {
      commit(after, false, broken);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(
      /^EIO: i\/o error, rename; not all could be restored: the old files are in ".*\/\.masq-rescue-[0-9a-z]+"$/,
    );
    const rescue = /"(.*)"/.exec(message)![1]!;
    expect(fs.readdirSync(rescue).map(name => fs.readFileSync(join(rescue, name), 'utf8'))).toContain(`${H}old a`);
    expect(Object.keys(tree()).filter(name => name.startsWith('.masq-staging'))).toEqual([]);
  });

  test('a root that was not there is not there again', () => {
    root = join(root, 'deep/er');
    expect(() => commit(after, false, failing('writeFileSync', 3))).toThrow('EIO');
    root = dirname(dirname(root));
    expect(fs.existsSync(root)).toBe(false);
  });

  test.skipIf(process.geteuid?.() !== 0 || process.seteuid === undefined)('folders that may not be written to', () => {
    put(before);
    const old = tree();
    fs.chmodSync(dirname(root), 0o755);
    const asNobody = (work: () => void): void => {
      process.seteuid!(65534);
      try {
        work();
      } finally {
        process.seteuid!(0);
      }
    };
    asNobody(() =>
      expect(() => commit(after)).toThrow(new OutputError(`"${root}" cannot be written to: permission denied`)),
    );
    expect(tree()).toEqual(old);
    // The root and one folder may be written to, the other one not: it fails after the first files are in place.
    put({ 'aaa/a.yaml': `${H}old` });
    fs.chmodSync(root, 0o777);
    fs.chmodSync(join(root, 'aaa'), 0o777);
    const mixed = tree();
    asNobody(() => expect(() => commit({ aaa: { 'a.yaml': `${H}new`, 'n.yaml': H }, ...after })).toThrow('EACCES'));
    expect(tree()).toEqual(mixed);
  });
});

describe('several processes', () => {
  const script = join(__dirname, 'output-run.ts');
  const args = (label: string, ...more: string[]) => ['--import', 'tsx', script, root, label, ...more];
  const run = (label: string, ...more: string[]): Promise<number | null> =>
    new Promise(resolve => spawn(process.execPath, args(label, ...more), { stdio: 'inherit' }).on('exit', resolve));
  const labels = (): Set<string> =>
    new Set(
      Object.values(tree())
        .filter(Boolean)
        .map(text => text.split(/[\n ]/)[2]!),
    );

  test('a root that another run makes while this one looks for it is no link', () => {
    fs.mkdirSync(root);
    let isAsked = false;
    const racing = {
      ...fs,
      statSync(path: string, ...rest: []) {
        if (path !== root || isAsked) return fs.statSync(path, ...rest);
        isAsked = true;
        throw Object.assign(new Error('no such file or directory'), { code: 'ENOENT' });
      },
    } as unknown as OutputFs;
    const plan: OutputPlan = { root, folders: new Map([['prod', new Map([['a.yaml', H]])]]), owned: () => true };
    expect(compareOutput(plan, racing)).toEqual([{ kind: 'create', path: 'prod/a.yaml' }]);
    expect(isAsked).toBe(true);
  });

  test('at the same time: the end is one of their states, whole', async () => {
    const codes = await Promise.all(['a', 'b', 'c'].map(label => run(label, '25')));
    expect(codes).toEqual([0, 0, 0]);
    const [label] = [...labels()];
    expect(labels().size).toBe(1);
    expect(Object.keys(tree())).toEqual([
      'prod/',
      ...[...Array(12).keys()].flatMap(i => [`prod/${label}-${i}.yaml`, `prod/shared-${i}.yaml`]).sort(),
    ]);
  }, 60_000);

  test.each(['1', '7', '20', '24'])(
    'killed at rename %s: every file is whole, and the next run clears up',
    async killAt => {
      expect(await run('a', '1')).toBe(0);
      expect(await run('b', '1', killAt)).toBe(null);
      expect(Object.keys(tree())).toContain('.masq-staging/');
      for (const [name, text] of Object.entries(tree()))
        if (name.startsWith('prod/') && text) expect(text).toMatch(/^# masq\n[ab]( \d+)?\n$/);
      expect(await run('b', '1')).toBe(0);
      expect(labels()).toEqual(new Set(['b']));
      expect(Object.keys(tree()).filter(name => name.startsWith('.masq'))).toEqual([]);
    },
    60_000,
  );

  test('left-overs go even when there is nothing to write; those of a live run stay', () => {
    commit({ prod: { 'a.yaml': H } });
    const owner = (pid: number) => JSON.stringify({ pid, host: hostname() });
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    put({
      '.masq-staging-1-aa/owner': owner(dead),
      '.masq-staging-2-bb/owner': owner(process.ppid),
      '.masq-staging-3-cc/owner': '',
    });
    const old = Date.now() / 1000 - 3600;
    fs.utimesSync(join(root, '.masq-staging-3-cc'), old, old);
    commit({ prod: { 'a.yaml': H } });
    expect(Object.keys(tree())).toEqual(['.masq-staging-2-bb/', '.masq-staging-2-bb/owner', 'prod/', 'prod/a.yaml']);
  });
});

describe('files of the output folder itself', () => {
  const own = (files: Record<string, string>, folders: Folders = {}): OutputPlan => ({
    ...plan(folders),
    files: new Map(Object.entries(files)),
  });
  const commitOwn = (wanted: OutputPlan): void => commitOutput(wanted, compareOutput(wanted), { prune: false });

  test('are written, and what is rendered no more is deleted wherever it is', () => {
    put({ 'mine.yaml': 'mine', 'sub/mine.yaml': 'mine' });
    commitOwn(own({ 'a.yaml': `${H}a`, 'b.yaml': `${H}b` }, { prod: { 'c.yaml': `${H}c` } }));
    const next = own({ 'a.yaml': `${H}A` }, { dev: { 'c.yaml': `${H}c` } });
    expect(compareOutput(next).map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      'update a.yaml',
      'delete b.yaml',
      'create dev/c.yaml',
      'delete prod/c.yaml',
    ]);
    commitOwn(next);
    expect(tree()).toEqual({
      'a.yaml': `${H}A`,
      'dev/': '',
      'dev/c.yaml': `${H}c`,
      'mine.yaml': 'mine',
      'sub/': '',
      'sub/mine.yaml': 'mine',
    });
    expect(compareOutput(next)).toEqual([]);
  });

  test('are refused under names that lead out of it, and under those of others', () => {
    expect(() => commitOwn(own({ '../a.yaml': H }))).toThrow('"../a.yaml" is not a name inside the output folder');
    expect(() => commitOwn(own({ prod: H }, { prod: { 'a.yaml': H } }))).toThrow(
      '"prod" is to be a file, and a folder',
    );
    put({ 'a.yaml': 'mine' });
    expect(() => commitOwn(own({ 'a.yaml': H }))).toThrow('in the way and not written by masq');
  });
});

describe('adding to a folder', () => {
  const files = new Map([
    ['a.yaml', `${H}a`],
    ['sub/b.txt', 'b'],
  ]);
  const added = (): OutputPlan => ({ ...plan({}), files });

  test('writes the files and deletes none, also none of masq', () => {
    put({ 'a.yaml': `${H}old`, 'other.yaml': H, 'mine.txt': 'mine' });
    addOutput(added());
    expect(tree()).toEqual({
      'a.yaml': `${H}a`,
      'mine.txt': 'mine',
      'other.yaml': H,
      'sub/': '',
      'sub/b.txt': 'b',
    });
  });

  test('all of them or none', () => {
    put({ 'sub/b.txt': 'mine' });
    expect(() => addOutput(added())).toThrow('in the way and not written by masq');
    expect(tree()).toEqual({ 'sub/': '', 'sub/b.txt': 'mine' });
    fs.rmSync(root, { recursive: true });
    const failing: OutputFs = {
      ...fs,
      renameSync: (from, to) => {
        if (String(to).endsWith('b.txt')) throw new Error('no more');
        fs.renameSync(from, to);
      },
    };
    expect(() => addOutput(added(), failing)).toThrow('no more');
    expect(fs.existsSync(root)).toBe(false);
  });
});
