import { ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { nullsIn } from '../core/artefact/nulls';
import { type Diagnostic, diagnostic } from '../core/diagnostics';
import { type Bundle, emptyBundle } from '../core/manifest/bundle';
import { readManifest } from '../core/manifest/read';
import { pathText } from '../core/schema/path';
import { plainDocument, type SourceDocument, SourceText } from '../core/source';
import { clusterOf } from './cluster';
import { brokenTexts } from './props';
import { isReporter, placeOf } from './reporter';

/** An object as it will be rendered, read as `masq validate` reads it. */
export interface ReadObject {
  /** The object by itself, for what it has to agree on with others. */
  readonly bundle: Bundle;
  /** What is wrong with it; its place is that of the construct that made it. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What objects were read as, with the text that they had: reading is done again only when they have changed since. */
const READ = new WeakMap<ApiObject, ReadObject & { readonly text: string }>();

/** The charts as sources of objects: those of one chart are of one cluster, those of two perhaps not. */
const SOURCES = new WeakMap<Chart, SourceText>();

/**
 * Reads the objects below some constructs, by the cluster's chart that they are in. Those of all other charts are taken
 * to be of one cluster, unless two of the charts define the same object. What an intent was rendered to is left out: its
 * chart verifies that as a whole.
 */
export function readObjects(nodes: readonly IConstruct[]): Map<IConstruct | undefined, ReadObject[]> {
  const unchanged = new Set(nodes.filter(node => clusterOf(node)?.isChanged() === false));
  const clusters = new Map<IConstruct | undefined, ReadObject[]>();
  for (const object of nodes.filter(node => ApiObject.isApiObject(node))) {
    const cluster = object.node.scopes.findLast(scope => clusterOf(scope));
    const read = cluster && unchanged.has(cluster) ? undefined : readObject(object);
    if (read) clusters.set(cluster, [...(clusters.get(cluster) ?? []), read]);
  }
  return clusters;
}

/** Reads one object; undefined when cdk8s cannot render it, and will say so. */
function readObject(object: ApiObject): ReadObject | undefined {
  let value: unknown;
  try {
    value = object.toJson();
  } catch {
    return undefined;
  }
  const text = JSON.stringify(value);
  const known = READ.get(object);
  if (known?.text === text) return known;
  const document = objectDocument(object, value);
  const bundle = emptyBundle();
  const found = [...brokenTexts(document), ...(readManifest(document, bundle) ?? [])];
  const diagnostics = isOurs(object) ? [...found, ...unlessThere(found, nulls(document))] : found;
  if (bundle.documents.length === 0) bundle.documents.push(document);
  const read = {
    text,
    bundle,
    diagnostics: diagnostics.map(found => ({ ...found, ...document.at(found.path ?? []) })),
  };
  READ.set(object, read);
  return read;
}

/** Further findings, of other places than some. */
function unlessThere(found: readonly Diagnostic[], further: readonly Diagnostic[]): Diagnostic[] {
  const places = new Set(found.map(({ path }) => pathText(path ?? [])));
  return further.filter(({ path }) => !places.has(pathText(path ?? [])));
}

/** Whether a construct of ours made an object: others may put theirs into our charts. */
function isOurs(object: ApiObject): boolean {
  const maker = object.node.scopes.findLast(isReporter);
  return maker !== undefined && !Chart.isChart(maker);
}

/** Nulls, which only patches can bring: Kubernetes takes them for nothing, which can hardly be what was meant. */
function nulls(document: SourceDocument): Diagnostic[] {
  return nullsIn(document.value).map(path =>
    diagnostic('MQ211', document.at(path), { message: `${pathText(path)} is null; write a value, or remove the key` }),
  );
}

/** An object as a document whose every place is that of the construct that made it: the nearest that reports. */
function objectDocument(object: ApiObject, value: unknown): SourceDocument {
  const chart = Chart.of(object);
  const source = SOURCES.get(chart) ?? new SourceText('', '');
  SOURCES.set(chart, source);
  const maker = object.node.scopes.findLast(scope => scope.node.scope && isReporter(scope)) ?? object;
  const at: SourceDocument['at'] = path => ({ ...placeOf(maker), path });
  return { ...plainDocument(value, '', source), at, within: path => at(path) };
}

/** Objects together, for what they have to agree on. */
export function bundleOf(objects: readonly ReadObject[]): Bundle {
  const bundle = emptyBundle();
  for (const key of Object.keys(bundle) as (keyof Bundle)[]) {
    for (const object of objects) (bundle[key] as unknown[]).push(...object.bundle[key]);
  }
  return bundle;
}
