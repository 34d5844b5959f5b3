import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020';
import standaloneCode from 'ajv/dist/standalone';
import { build } from 'esbuild';
import type { JsonObject } from './json';
import { toStandalone } from './kubeconform';
import { banner, compareText, type Output } from './output';
import { mapSchema, withoutKeywords } from './schema-walk';
import { type CrdSource, documentsOf, pascal, type SchemaSource } from './sources';

const FOLDER = 'core/schema/generated';
/** Keywords that check nothing, as those with `x-` do: left out, because ajv copies whole schemas into the code. */
const ANNOTATIONS = new Set(['title', 'description', 'default', 'examples', 'format', '$comment']);

/** One module of validators: a schema, and which places in it are to be checked alone. */
interface Module {
  /** The file's name after `validator-`. */
  readonly name: string;
  readonly source: string;
  readonly schema: JsonObject;
  /** The pointer that each exported function begins at. */
  readonly exports: ReadonlyMap<string, string>;
}

/**
 * Validators, compiled ahead of time: a CommonJS file for each schema, which needs nothing else, so that the node's
 * agent does not carry those of the cluster's objects.
 */
export async function validatorOutputs(
  root: string,
  schemas: readonly SchemaSource[],
  crds: readonly CrdSource[],
): Promise<Output[]> {
  const outputs = [...schemas.map(schemaModule), ...crds.map(crdModule)].map(module => moduleOutputs(root, module));
  return (await Promise.all(outputs)).flat();
}

function schemaModule({ name, schema }: SchemaSource): Module {
  const documents = documentsOf(schema).map((name): [string, string] => [`validate${name}`, `#/$defs/${name}`]);
  const exports = new Map([[`validate${pascal(name)}`, ''], ...documents]);
  return { name, source: `schemas/${name}.schema.json`, schema, exports };
}

function crdModule(crd: CrdSource): Module {
  return {
    name: `${crd.kind.toLowerCase()}-${crd.version}`,
    source: 'schemas/crds/*.yaml',
    schema: toStandalone(crd),
    exports: new Map([[`validate${crd.name}`, '']]),
  };
}

async function moduleOutputs(root: string, { name, source, schema, exports }: Module): Promise<Output[]> {
  const plain = stripAnnotations(schema);
  const pointers = new Map<unknown, string>();
  for (const [definition, json] of Object.entries(plain.$defs ?? {})) pointers.set(json, `/$defs/${definition}`);
  const places = new Map<string, string>();
  const ajv = createAjv((code, compiled) => {
    const [, name] = /\bfunction (validate\w+)\(/.exec(code) ?? [];
    if (name !== undefined) places.set(name, pointers.get(compiled) ?? '');
  });
  const key = typeof schema.$id === 'string' ? schema.$id : name;
  ajv.addSchema(plain, key);
  const sorted = [...exports].sort(([a], [b]) => compareText(a, b));
  const keys = Object.fromEntries(sorted.map(([name, pointer]) => [name, key + pointer]));
  const code = await bundle(root, withFullSchemaPaths(standaloneCode(ajv, keys), places));
  const declarations = sorted.map(([name]) => `export declare const ${name}: SchemaValidator;\n`).join('');
  const types = "import type { SchemaValidator } from '../validator';\n";
  return [
    { path: `${FOLDER}/validator-${name}.js`, text: banner(source) + code },
    { path: `${FOLDER}/validator-${name}.d.ts`, text: `${banner(source)}${types}\n${declarations}` },
  ];
}

/** ajv, strict about schemas and complete in its errors. It calls `compiled` with the code of each function it makes. */
function createAjv(compiled: (code: string, schema: unknown) => void): Ajv2020 {
  const process = (code: string, env?: { readonly schema: unknown }) => {
    compiled(code, env?.schema);
    return code;
  };
  return new Ajv2020({
    allErrors: true,
    verbose: false,
    strict: true,
    validateFormats: false,
    inlineRefs: false,
    code: { source: true, esm: true, lines: true, optimize: true, process },
  });
}

/**
 * Makes every `schemaPath` a pointer from the root of the schema file. ajv starts it anew in each function, that is at
 * each `$ref`, so that `#/additionalProperties` could be anywhere.
 * @param places - The pointer of the schema that each function is for
 */
function withFullSchemaPaths(code: string, places: ReadonlyMap<string, string>): string {
  return code
    .split(/^(?=(?:export )?(?:const \w+ = )?function )/m)
    .map(part => {
      const [, name = ''] = /function (\w+)/.exec(part) ?? [];
      return part.replaceAll('schemaPath:"#/', `schemaPath:"#${places.get(name) ?? ''}/`);
    })
    .join('');
}

function stripAnnotations(schema: JsonObject): JsonObject {
  return mapSchema(schema, part =>
    withoutKeywords(part, keyword => ANNOTATIONS.has(keyword) || keyword.startsWith('x-')),
  );
}

/** Takes ajv's helpers into the code, so that no `require` is left: the agent's engine has none. */
async function bundle(root: string, contents: string): Promise<string> {
  const result = await build({
    stdin: { contents, resolveDir: join(root, 'tools'), sourcefile: 'validator.js' },
    absWorkingDir: root,
    bundle: true,
    charset: 'utf8',
    format: 'cjs',
    legalComments: 'none',
    logLevel: 'silent',
    mainFields: ['main'],
    platform: 'neutral',
    preserveSymlinks: true,
    target: 'es2022',
    write: false,
  });
  return result.outputFiles.map(file => file.text).join('');
}
