import type { Diagnostic, Location, RuleCode } from '../diagnostics';
import type { Bundle } from '../manifest/bundle';
import { POD } from '../manifest/pod';
import { valueAt } from '../schema/path';

/** What matters to somebody who checks files, and not to one who imports them. */
export const UNSAID: readonly RuleCode[] = ['MQ212', 'MQ410', 'MQ611'];

/** How an agent runs, of which masq renders a way of its own: it does not keep anybody from knowing what is meant. */
const RENDERED_ANEW: readonly RuleCode[] = [
  'MQ606',
  'MQ607',
  'MQ608',
  'MQ609',
  'MQ610',
  'MQ614',
  'MQ615',
  'MQ617',
  'MQ618',
];

/** What a check's finding is to somebody who imports: how an agent runs keeps nobody from knowing what is meant. */
export function forImport(found: Diagnostic, bundle: Bundle): Diagnostic {
  const { code, severity, message } = found;
  if (code === 'MQ310' && severity === 'note') return { ...found, severity: 'warning', hint: HINTS.MQ310! };
  if (code === 'MQ606' && severity === 'error' && isNamespaceOfList(found, bundle)) {
    const hint = 'if it is to count, give both one namespace and import again';
    return { ...found, severity: 'warning', message: `${message}: its list is not imported`, hint };
  }
  if (code === 'MQ604' && isOfNoFile(found, bundle)) {
    const hint = 'masq renders a ConfigMap with the list, and mounts it';
    return { ...found, severity: 'warning', hint };
  }
  if (!RENDERED_ANEW.includes(code) || severity !== 'error') return found;
  const hint = HINTS[code] ?? 'what masq renders has it right';
  return { ...found, severity: 'warning', hint };
}

/** Whether a place is the namespace of a ConfigMap with a list. */
function isNamespaceOfList({ file, range }: Location, { configMaps }: Bundle): boolean {
  return configMaps.some(({ document }) => {
    const own = document.at(['metadata', 'namespace']);
    return own.file === file && own.range?.start.offset === range?.start.offset;
  });
}

/** Whether a finding is about an agent that has no file: it is no patch of one, and no ConfigMap is there that could be meant. */
function isOfNoFile({ file }: Location, { configMaps, daemonSets }: Bundle): boolean {
  return (
    configMaps.length === 0 &&
    daemonSets.some(
      ({ document, image, isWithoutFile }) =>
        isWithoutFile &&
        image !== undefined &&
        valueAt(document.value, [...POD, 'hostNetwork']) === true &&
        document.source.file === file,
    )
  );
}

const HINTS: Readonly<Partial<Record<RuleCode, string>>> = {
  MQ310: 'if the cluster has the ConfigMap, import it together with the DaemonSet',
  MQ609:
    'masq renders apps/v1 with a selector; the selector of an object that runs cannot be changed: delete it before the new one is applied, its rules stay on the nodes',
  MQ610:
    'masq renders a selector; that of an object that runs cannot be changed: delete it before the new one is applied',
};
