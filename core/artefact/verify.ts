import { type Diagnostic, diagnostic } from '../diagnostics';
import type { ClusterModel } from '../intent/model';
import { type Bundle, checkBundle, emptyBundle } from '../manifest/bundle';
import { manifestReadings, type Reading } from '../manifest/denote';
import { readManifest } from '../manifest/read';
import { plainDocument, SourceText } from '../source';
import { intentTreatment } from '../treatment/intent';
import { firstDifference, witnessText } from '../treatment/map';
import { type KubeObject, nameOf } from './kube-object';
import { type Plan, planCluster } from './plan';
import { strays } from './strays';
import { unplanned } from './unplanned';

/**
 * Translation validation of what is about to be emitted. The objects must be free of errors as manifests of any origin
 * have to be, must be those of the plan, and what they denote together must equal the intent's map over the whole
 * address space: else a finding names a packet that the two treat differently. Where it is known what they were
 * rendered to, they may differ from that in no place of which masq does not know that it is harmless.
 */
export function verifyManifests(
  model: ClusterModel,
  objects: readonly KubeObject[],
  plan: Plan = planCluster(model),
  rendered: readonly KubeObject[] = objects,
): Diagnostic[] {
  const { bundle, refusals } = readObjects(objects);
  const checks = [
    () => refusals,
    () => unplanned(plan, objects, bundle),
    () => mismatches(model, manifestReadings(bundle, model)),
    () => (rendered === objects ? [] : strays(rendered, objects)),
  ];
  const at = model.document.at([]);
  return firstFound(checks).map(message => diagnostic('MQ901', at, { message }));
}

/** What the first check says that says anything: the later ones build on it. */
function firstFound(checks: readonly (() => readonly string[])[]): readonly string[] {
  for (const check of checks) {
    const found = check();
    if (found.length > 0) return found;
  }
  return [];
}

/** The objects as manifests that masq has never seen before, and why some of them cannot be right. */
function readObjects(objects: readonly KubeObject[]): { readonly bundle: Bundle; readonly refusals: string[] } {
  const bundle = emptyBundle();
  const together = new SourceText('', '');
  const found = objects.flatMap(object => {
    const name = nameOf(object);
    const diagnostics = readManifest(plainDocument(object, name, together), bundle) ?? [];
    return diagnostics.map(finding => ({ ...finding, file: name }));
  });
  const refusals = [...found, ...checkBundle(bundle)]
    .filter(finding => finding.severity === 'error')
    .map(({ file, message }) => `the rendered ${file} is refused: ${message}`);
  return { bundle, refusals };
}

function mismatches(model: ClusterModel, readings: readonly Reading[]): string[] {
  const wanted = intentTreatment(model);
  return readings.flatMap(reading => {
    if (!reading.ok) return [reading.message];
    const witness = firstDifference(wanted, reading.map);
    return witness ? [witnessText(witness, 'the intent', reading.as)] : [];
  });
}
