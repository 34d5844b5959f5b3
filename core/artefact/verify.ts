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
import { unplanned } from './unplanned';

/**
 * Translation validation of what is about to be emitted. The objects must be free of errors as manifests of any origin
 * have to be, must be those of the plan, and what they denote together must equal the intent's map over the whole
 * address space: else a finding names a packet that the two treat differently.
 */
export function verifyManifests(
  model: ClusterModel,
  objects: readonly KubeObject[],
  plan: Plan = planCluster(model),
): Diagnostic[] {
  const { bundle, refusals } = readObjects(objects);
  const faults = refusals.length > 0 ? refusals : unplanned(plan, objects, bundle);
  const messages = faults.length > 0 ? faults : mismatches(model, manifestReadings(bundle, model));
  const at = model.document.at([]);
  return messages.map(message => diagnostic('MQ901', at, { message }));
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
