import { App } from 'cdk8s';
import { IntentChart } from '../../constructs';
import type { KubeObject } from '../../core/artefact/kube-object';
import type { ClusterModel } from '../../core/intent/model';

/** The objects that masq renders for a cluster. */
export function renderedObjects(model: ClusterModel): KubeObject[] {
  const chart = new IntentChart(new App(), model.name, { name: model.name, model, diagnostics: [] });
  return chart.toJson() as KubeObject[];
}

/** A deep copy with one change made to it. */
export function changed<T>(data: T, change: (copy: T) => void): T {
  const copy = structuredClone(data);
  change(copy);
  return copy;
}
