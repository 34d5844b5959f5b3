import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { bundle, bundleParts, NATIVE } from '../../tools/agent/bundle';

/** Packages that run wherever JavaScript does. */
const PACKAGES = new Set(['yaml']);
/** The files that put the agent and a platform together. */
const ENTRIES = new Set(['agent/entry-node.ts', 'agent/entry-quickjs.ts']);
/** What Node or QuickJS has and the language has not, and what of the language the agent's program leaves out. */
const FOREIGN = new Set([
  ...['process', 'Buffer', 'global', 'require', '__dirname', '__filename', 'performance'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'queueMicrotask', 'console'],
  ...['TextEncoder', 'TextDecoder', 'URL', 'AbortController', 'fetch', 'structuredClone', 'atob', 'btoa', 'crypto'],
  ...['std', 'os', 'importPart', 'scriptArgs', 'print', '__loadScript', 'globalThis'],
  ...['eval', 'Function', 'Proxy', 'WeakRef', 'FinalizationRegistry', 'Intl'],
]);
/** Methods that need what the agent's program leaves out. */
const FOREIGN_METHODS = new Set(['normalize', 'localeCompare', 'toLocaleString', 'toLocaleUpperCase']);

describe('agent/ and core/', () => {
  const files = ['agent', 'core'].flatMap(filesBelow).filter(file => !file.startsWith('agent/platform/'));

  test.each(files)('%s knows no runtime', file => {
    expect(runtimeOf(file, readFileSync(file, 'utf8'))).toEqual([]);
  });

  test('among them are those that matter', () => {
    expect(files).toEqual(expect.arrayContaining(['agent/main.ts', 'core/agentfile/read.ts', 'core/source/read.ts']));
  });
});

describe('a file that knows its runtime is found:', () => {
  test.each([
    ["import { readFileSync } from 'node:fs';", 'imports "node:fs"'],
    ["import { now } from 'os';", 'imports "os"'],
    ["export { exit } from 'std';", 'imports "std"'],
    ["const fs = await import('fs');", 'imports "fs"'],
    ["import fs = require('fs');", 'imports "fs"'],
    ["import { node } from './platform/node';", 'imports "./platform/node"'],
    ["import { crash } from './platform/start';", 'imports "./platform/start"'],
    ['export const home = process.env.HOME;', 'uses "process"'],
    ['setTimeout(() => {}, 1);', 'uses "setTimeout"'],
    ['globalThis.std.exit(1);', 'uses "globalThis"'],
    ['const text = Buffer.from(bytes);', 'uses "Buffer"'],
    ['const entry = { console };', 'uses "console"'],
    ['console.log(1);', 'uses "console"'],
    ["const text = name.normalize('NFC');", 'uses "normalize"'],
    ["const text = new Function('return 1');", 'uses "Function"'],
  ])('%s', (text, wanted) => {
    expect(runtimeOf('agent/loop.ts', text)).toEqual([wanted]);
  });

  test('words that only look so are not', () => {
    const text = `
      import type { Platform } from './platform/platform';
      import { parse } from 'yaml';
      import { Cidr } from '../core/address';
      export interface Child { readonly process: string; print(): void }
      export const run = (platform: Platform, child: Child) => platform.print('out', child.process + parse('x'));
      export const a = { console: 1, os: 2 };
      export const line = (print: string): string => { const [process] = [print]; return process; };`;
    expect(runtimeOf('agent/loop.ts', text)).toEqual([]);
  });
});

test("the agent's bundles differ in their platform alone", async () => {
  const { parts } = await bundleParts('agent/entry-quickjs.ts');
  const imports = parts.flatMap(({ text }) =>
    [...text.matchAll(/\b(?:import\b[^"';]*\bfrom\s*|import\s*\(?\s*)"([^"]+)"/g)].map(([, name]) => name!),
  );
  const own = new Set(parts.map(({ name }) => `./${name}`));
  expect(new Set(imports.filter(name => !own.has(name)))).toEqual(new Set(NATIVE));
  const node = await bundle('agent/entry-node.ts');
  const required = [...node.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name);
  expect(required.filter(name => !name!.startsWith('node:'))).toEqual([]);
});

/** What in a file is of a runtime. */
function runtimeOf(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const own = declaredNames(source);
  const visit = (node: ts.Node): void => {
    const name = importedName(node);
    if (name !== undefined && !mayImport(file, name)) found.push(`imports "${name}"`);
    if (ts.isIdentifier(node) && FOREIGN.has(node.text) && isReference(node) && !own.has(node.text))
      found.push(`uses "${node.text}"`);
    if (ts.isPropertyAccessExpression(node) && FOREIGN_METHODS.has(node.name.text))
      found.push(`uses "${node.name.text}"`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Names that a file gives to something of its own. */
function declaredNames(source: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const isVariable = ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node);
    if (isVariable && ts.isIdentifier(node.name)) names.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

/** What an import, an export from elsewhere, or a call that imports names. */
function importedName(node: ts.Node): string | undefined {
  const from = (at: ts.Node | undefined): string | undefined =>
    at && ts.isStringLiteralLike(at) ? at.text : at && '(computed)';
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return from(node.moduleSpecifier);
  if (ts.isExternalModuleReference(node)) return from(node.expression);
  const isImport = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return isImport ? from(node.arguments[0]) : undefined;
}

function mayImport(file: string, name: string): boolean {
  if (!name.startsWith('.')) return PACKAGES.has(name);
  const path = join(file, '..', name);
  return !path.startsWith('agent/platform/') || path === 'agent/platform/platform' || ENTRIES.has(file);
}

/** Whether a name stands for a value of that name, and is not that of a property. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  const isMember = ts.isTypeElement(parent) || ts.isClassElement(parent) || ts.isQualifiedName(parent);
  return !isMember && !ts.isTypeReferenceNode(parent);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map(file => join(folder, file))
    .sort();
}
