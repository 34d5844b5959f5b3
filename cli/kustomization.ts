import { HEADER } from '../constructs/render';

/** A kustomization of the files in one folder, patches left out: they belong to objects that exist already. */
export function kustomization(files: ReadonlyMap<string, string>, header = HEADER): string {
  const resources = [...files.keys()].filter(name => !name.includes('/') && name !== 'kustomization.yaml');
  const lines = resources.sort().map(name => `  - ${name}`);
  return `${header}\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n${lines.join('\n')}\n`;
}
