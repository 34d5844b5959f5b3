import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Input } from '../core/check/check';
import type { InterfaceName } from '../core/dataplane/interfaces';
import { readNode } from '../core/dump/node-dump';
import type { NodeRules } from '../core/dump/node-rules';
import { isDump } from '../core/dump/part';
import { isElsewhere } from './elsewhere';
import { expandFiles, kindOf, STDIN, STDIN_NAME } from './files';
import { readText } from './read-text';

/** A node's dumps, read. */
export interface DumpedNode {
  /** What the command line calls it: its file or its folder. */
  readonly name: string;
  /** The files. */
  readonly files: readonly string[];
  /** What they say. */
  readonly rules: NodeRules;
}

/** A node, or why its dumps cannot be read, each reason in a line. */
export type ReadDump =
  | { readonly ok: true; readonly node: DumpedNode }
  | { readonly ok: false; readonly faults: readonly string[] };

/** The most that is read of a dump: 100,000 rules take 13 MB of iptables-save, and 50 MB of `nft -j`. */
const MOST_BYTES = 512 * 1024 * 1024;

/**
 * Reads the dumps that a word names: a file or `-` is those of a node, and a folder the several dumps of one.
 * @param out the interfaces by which packets of pods leave the node, as far as somebody says
 */
export function readDump(word: string, out?: readonly InterfaceName[]): ReadDump {
  const inputs = inputsOf(word);
  if (typeof inputs === 'string') return { ok: false, faults: [inputs] };
  return nodeOf(word === STDIN ? STDIN_NAME : word.replace(/(.)\/+$/, '$1'), inputs, out);
}

/** Takes a text for the dumps of a node. @param out as of {@link readDump} */
export function dumpOf(input: Input, out?: readonly InterfaceName[]): ReadDump {
  return nodeOf(input.file, [input], out);
}

function nodeOf(name: string, inputs: readonly Input[], out: readonly InterfaceName[] | undefined): ReadDump {
  const read = readNode(inputs, out);
  return read.ok ? { ok: true, node: { name, files: inputs.map(({ file }) => file), rules: read.rules } } : read;
}

/** How much of a file is looked at to tell whether it is a dump. */
const LOOKED_AT = 65536;

/** Whether a word of a command line names the dumps of a node: a file that is one, or a folder that has one in it. */
export function namesDump(word: string): boolean {
  if (word === STDIN) return false;
  const kind = kindOf(word);
  if (kind?.isFile()) return isDump(startOf(word));
  if (!kind?.isDirectory()) return false;
  const files = readdirSync(word, { withFileTypes: true }).filter(entry => entry.isFile());
  return files.some(({ name }) => !name.startsWith('.') && isDump(startOf(join(word, name))));
}

function startOf(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(LOOKED_AT);
    return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, LOOKED_AT, 0));
  } catch {
    return '';
  } finally {
    closeSync(descriptor);
  }
}

function inputsOf(word: string): readonly Input[] | string {
  if (isElsewhere(word))
    return `"${word}" is no dump: nodes' rules are in files, which iptables-save and nft print there`;
  const { files, faults } = expandFiles([word], ['']);
  const [fault] = faults;
  if (fault) return fault.code === 'MQ906' ? `"${word}" has no dump in it` : fault.message;
  const isFolder = word !== STDIN && kindOf(word)?.isDirectory() === true;
  const wanted = isFolder ? files.filter(file => !basename(file).startsWith('.')) : files;
  const inputs: Input[] = [];
  for (const file of wanted) {
    const read = readText(file, MOST_BYTES);
    if (!read.ok) return read.message;
    inputs.push({ file: file === STDIN ? STDIN_NAME : file, text: read.text });
  }
  return inputs.length === 0 ? `"${word}" has no dump in it` : inputs;
}
