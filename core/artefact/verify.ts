import { type Diagnostic, diagnostic } from '../diagnostics';
import type { ClusterModel } from '../intent/model';
import { intentTreatment } from '../treatment/intent';
import { type KubeObject, manifestReadings } from '../treatment/manifests';
import { firstDifference, type TreatmentMap, witnessText } from '../treatment/map';

/**
 * Translation validation: reads back what is about to be emitted and compares its meaning with the intent's, over the
 * whole address space. A finding names a packet that the two treat differently.
 */
export function verifyManifests(
  model: ClusterModel,
  objects: readonly KubeObject[],
  map: TreatmentMap = intentTreatment(model),
): Diagnostic[] {
  const at = model.document.at([]);
  return manifestReadings(objects, model).flatMap(reading => {
    if (!reading.ok) return [diagnostic('MQ901', at, { message: reading.message })];
    const witness = firstDifference(map, reading.map);
    return witness ? [diagnostic('MQ901', at, { message: witnessText(witness, 'the intent', reading.as) })] : [];
  });
}
