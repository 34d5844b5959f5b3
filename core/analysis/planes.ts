import type { Held } from '../check/check';
import { type Diagnostic, diagnostic } from '../diagnostics';
import { claimDocuments, claimed, isWithin, translatesNothing } from '../dialect/claims';
import type { Plane } from '../dialect/plane';
import { readPlane } from '../dialect/read-plane';
import { type Bundle, emptyBundle, withoutDocuments } from '../manifest/bundle';
import { bundleReading } from '../manifest/denote';
import { unreadKey } from '../manifest/unread-key';
import type { SourceDocument } from '../source';
import { isLive } from './live';

/** What folders hold, what other data planes read told apart. */
export interface HeldPlanes {
  /** The manifests of agents and gateways, folder by folder. */
  readonly bundles: ReadonlyMap<string, Bundle>;
  /** The other data planes that decide, by the folders of their configuration. */
  readonly planes: ReadonlyMap<string, Plane>;
  /** What is to be said of all of it. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Tells apart what other data planes read: an agent's checks are not for it. What is in the folders `patches` and `values`
 * of a folder, where `masq synth --target` writes it, belongs to that one's cluster.
 * @param found what an agent's checks say of everything
 */
export function withPlanes(held: Held, found: readonly Diagnostic[]): HeldPlanes {
  if (held.theirs.size === 0 && !hasAzure(held))
    return { bundles: held.bundles, planes: new Map(), diagnostics: found };
  const bundles = new Map(held.bundles);
  const planes = new Map<string, Plane>();
  const theirs: SourceDocument[] = [];
  const said: Diagnostic[] = [];
  for (const folder of foldersOf(held)) {
    const bundle = bundles.get(folder) ?? emptyBundle();
    const documents = documentsOf(folder, held);
    const claims = claimDocuments(documents, bundle.daemonSets);
    const own = claimed(claims);
    const azureSet = bundle.daemonSets.find(({ dialect }) => dialect !== undefined);
    if (own.length === 0 && !azureSet) continue;
    const isOwn = new Set([...own, ...(azureSet ? [azureSet.document] : [])]);
    const rest = withoutDocuments(bundle, document => isOwn.has(document));
    theirs.push(...own);
    if (!azureSet) said.push(...claims.azure.flatMap(one => unreadKey(one, documents)));
    bundles.set(folder, rest);
    const another = bundleReading(rest);
    if (another && translatesNothing(claims)) continue;
    const { plane, diagnostics } = readPlane(claims, { ...(azureSet && { azureSet }), isWhole: isLive(folder) });
    said.push(...diagnostics, ...own.filter(({ source }) => held.isPatch(source.file)).map(patchFault));
    if (!plane) continue;
    if (another) said.push(bothDecide(plane.as, another.ok ? another.as : 'an agent', rest));
    planes.set(folder, plane);
  }
  const isTheirs = isWithin(held.starts, theirs);
  const files = new Set(theirs.map(({ source }) => source.file));
  const isSaid = (one: Diagnostic): boolean => isTheirs(one) || (one.code === 'MQ212' && files.has(one.file ?? ''));
  return { bundles, planes, diagnostics: [...found.filter(one => !isSaid(one)), ...said] };
}

/** Azure's agent may be there without any file of its own. */
function hasAzure({ bundles }: Held): boolean {
  return [...bundles.values()].some(({ daemonSets }) => daemonSets.some(({ dialect }) => dialect !== undefined));
}

const PARTS = /(?:^|\/)(?:patches|values)$/;

function foldersOf({ bundles, theirs }: Held): ReadonlySet<string> {
  return new Set([...theirs.keys(), ...bundles.keys()].map(folder => folder.replace(PARTS, '')));
}

function documentsOf(folder: string, { bundles, theirs }: Held): readonly SourceDocument[] {
  const parts = ['patches', 'values'].map(part => (folder === '' ? part : `${folder}/${part}`));
  const held = [folder, ...parts].flatMap(one => theirs.get(one) ?? []);
  return [...new Set([...(bundles.get(folder)?.documents ?? []), ...held])];
}

function patchFault(document: SourceDocument): Diagnostic {
  const message =
    'a kustomization names this as a patch, and what comes of it is not here; give what "kustomize build" prints';
  return diagnostic('MQ803', document.at([]), { message });
}

function bothDecide(as: string, another: string, { daemonSets, configMaps, noSnat, policies }: Bundle): Diagnostic {
  const [first] = [...daemonSets, ...configMaps, ...noSnat, ...policies];
  const message = `${as} and ${another} stand together, and each of them would decide; take one`;
  return diagnostic('MQ803', first!.document.at([]), { message });
}
