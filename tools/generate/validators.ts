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
const SOURCES = 'schemas/*.schema.json and schemas/crds/*.yaml';
/** Keywords that check nothing, as those with `x-` do: left out, because ajv copies whole schemas into the code. */
const ANNOTATIONS = new Set(['title', 'description', 'default', 'examples', 'format', '$comment']);

const DECLARATIONS = `
/** One violation of a schema, as ajv reports it. */
export interface SchemaError {
  /** A JSON pointer to the value at fault; empty for the document itself. */
  readonly instancePath: string;
  readonly schemaPath: string;
  /** The keyword of the schema that is violated, such as \`required\`. */
  readonly keyword: string;
  readonly params: Record<string, unknown>;
  readonly message?: string;
}

/** A compiled schema. After a call that returned false, \`errors\` holds every violation. */
export interface SchemaValidator {
  (data: unknown): boolean;
  errors?: SchemaError[] | null;
}
`;

/** Validators of all schemas, compiled ahead of time to one CommonJS file that needs nothing else. */
export async function validatorOutputs(
  root: string,
  schemas: readonly SchemaSource[],
  crds: readonly CrdSource[],
): Promise<Output[]> {
  const pointers = new Map<unknown, string>();
  const places = new Map<string, string>();
  const ajv = createAjv((code, schema) => {
    const [, name] = /\bfunction (validate\w+)\(/.exec(code) ?? [];
    if (name !== undefined) places.set(name, pointers.get(schema) ?? '');
  });
  const names: Record<string, string> = {};
  for (const { name, schema } of schemas) {
    const key = typeof schema.$id === 'string' ? schema.$id : name;
    const plain = stripAnnotations(schema);
    for (const [definition, json] of Object.entries(plain.$defs ?? {})) pointers.set(json, `/$defs/${definition}`);
    ajv.addSchema(plain, key);
    names[`validate${pascal(name)}`] = key;
    for (const document of documentsOf(schema)) names[`validate${document}`] = `${key}#/$defs/${document}`;
  }
  for (const crd of crds) {
    ajv.addSchema(stripAnnotations(toStandalone(crd)), crd.name);
    names[`validate${crd.name}`] = crd.name;
  }
  const sorted = Object.entries(names).sort(([a], [b]) => compareText(a, b));
  const code = withFullSchemaPaths(standaloneCode(ajv, Object.fromEntries(sorted)), places);
  const declarations = sorted.map(([name]) => `export declare const ${name}: SchemaValidator;\n`).join('');
  return [
    { path: `${FOLDER}/validators.js`, text: banner(SOURCES) + (await bundle(root, code)) },
    { path: `${FOLDER}/validators.d.ts`, text: `${banner(SOURCES)}${DECLARATIONS}\n${declarations}` },
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
    stdin: { contents, resolveDir: join(root, 'tools'), sourcefile: 'validators.js' },
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
