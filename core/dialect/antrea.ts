import { cidr, type Family, IntervalSet, setsOf } from '../address';
import { type Diagnostic, hasErrors } from '../diagnostics';
import { append } from '../diagnostics/collect';
import { readAddresses } from '../intent/entry';
import { Findings } from '../intent/findings';
import type { PlacedAddress } from '../intent/model';
import { readSelector } from '../intent/selector';
import { checkMetadata, list, objectId, record } from '../manifest/object';
import { valueAt } from '../schema/path';
import { embeddedText, type ParsedSource, parseText, type SourceDocument } from '../source';
import { readMasked } from './masked';
import type { DialectPolicy, ReadDialect } from './reading';

/** What Antrea is configured with, as far as it is about source addresses. */
export interface AntreaObjects {
  /** Values of its Helm chart; absent: the chart's own. */
  readonly values?: SourceDocument;
  /** Its Egress objects. */
  readonly egresses: readonly SourceDocument[];
  /** The families that pods have addresses of. */
  readonly families: readonly Family[];
}

/** Whether a document is an Egress of Antrea. */
export function isAntreaEgress(document: SourceDocument): boolean {
  const id = objectId(document);
  return id?.kind === 'Egress' && id.apiVersion.startsWith('crd.antrea.io/');
}

/** Whether a document has no kind and says what values of Antrea's chart say. */
export function isAntreaValues(document: SourceDocument): boolean {
  if (objectId(document)) return false;
  const values = record(document.value);
  return (
    Object.hasOwn(record(values.egress), 'exceptCIDRs') ||
    ['noSNAT', 'snatFullyRandomPorts'].some(key => Object.hasOwn(values, key))
  );
}

/** The key of Antrea's own ConfigMap that holds its agent's settings, which have the names that the chart's values have. */
const SETTINGS = ['data', 'antrea-agent.conf'];

/** Whether a document is the ConfigMap of Antrea's own settings. */
export function isAntreaConfig(document: SourceDocument): boolean {
  const id = objectId(document);
  return (
    id?.kind === 'ConfigMap' &&
    id.name?.startsWith('antrea-config') === true &&
    typeof valueAt(document.value, SETTINGS) === 'string'
  );
}

/** The settings in Antrea's own ConfigMap, or what is wrong with their text. */
export function antreaSettings(document: SourceDocument): ParsedSource {
  return parseText(embeddedText(document, SETTINGS, String(valueAt(document.value, SETTINGS))));
}

/**
 * Reads what Antrea makes of its chart's values and its Egress objects. A pod that an Egress applies to leaves the cluster
 * with its address, but for `egress.exceptCIDRs`; what leaves otherwise, to anything but pods, is masqueraded, unless
 * `noSNAT` says that nothing is, which counts in traffic mode noEncap alone. No packet leaves to a Service: AntreaProxy
 * puts a pod's address in the place of the Service's before.
 * Sources: Antrea's page "Egress"; antrea-io/antrea, pkg/agent/route/route_linux.go, cmd/antrea-agent/agent.go (which takes
 * host bits off `exceptCIDRs`) and the chart's README.
 */
export function readAntrea({ values, egresses, families }: AntreaObjects): ReadDialect {
  const diagnostics: Diagnostic[] = [];
  const value = (...path: string[]): unknown => values && valueAt(values.value, path);
  const except = values ? exceptions(values, diagnostics) : IntervalSet.empty(4);
  const egress = egresses.flatMap(document => readEgress(document, except, diagnostics) ?? []);
  append(diagnostics, values ? offDiagnostics(values, egresses) : []);
  if (hasErrors(diagnostics)) return { diagnostics };
  const noSnat = value('noSNAT') === true && value('trafficEncapMode') === 'noEncap';
  return {
    reading: {
      as: "Antrea's configuration",
      kept: noSnat
        ? ['0.0.0.0/0', '::/0'].map(text => ({
            text,
            rule: 'noSNAT',
            cidrs: [cidr(text)],
            at: values!.at(['noSNAT']),
            comment: values!.comment(['noSNAT']),
          }))
        : [],
      linkLocal: { 4: 'masquerade', 6: 'masquerade' },
      families,
      randomFully: value('snatFullyRandomPorts') === true,
      keepsOwn: ['pods', 'services'],
      egress,
    },
    diagnostics,
  };
}

/** What is said where Antrea leaves source addresses, or its Egress objects, alone. */
function offDiagnostics(values: SourceDocument, egresses: readonly SourceDocument[]): readonly Diagnostic[] {
  const findings = new Findings(values);
  const gate = ['featureGates', 'Egress'];
  if (egresses.length > 0 && valueAt(values.value, gate) === false) {
    findings.add('MQ803', gate, 'Antrea does nothing with Egress objects like this; set it to true, or leave them out');
  }
  const mode = ['trafficEncapMode'];
  if (valueAt(values.value, mode) === 'networkPolicyOnly') {
    const message =
      'Antrea masquerades nothing in this mode: another CNI does, whose configuration is not among what is read';
    findings.add('MQ803', mode, message);
  }
  return findings.list;
}

function exceptions(values: SourceDocument, diagnostics: Diagnostic[]): IntervalSet {
  const findings = new Findings(values);
  const path = ['egress', 'exceptCIDRs'];
  const cidrs = list(valueAt(values.value, path)).flatMap((text, i) =>
    typeof text === 'string' ? (readMasked(text, [...path, i], 'Antrea', findings) ?? []) : [],
  );
  append(diagnostics, findings.list);
  return setsOf(cidrs)[4];
}

function readEgress(
  document: SourceDocument,
  except: IntervalSet,
  diagnostics: Diagnostic[],
): DialectPolicy | undefined {
  const findings = new Findings(document);
  checkMetadata(document, findings);
  const appliedTo = ['spec', 'appliedTo'];
  const applied = record(valueAt(document.value, appliedTo));
  const [namespaces, pods] = ['namespaceSelector', 'podSelector'].map(key =>
    readSelector(applied[key], [...appliedTo, key], findings),
  );
  const source = readSource(document, findings);
  append(diagnostics, findings.list);
  // Neither selector is no pod at all, where each of them alone may be every one.
  if (Object.keys(applied).length === 0 || !source) return undefined;
  return {
    name: objectId(document)?.name ?? '',
    pods: [{ namespaces: namespaces!, pods: pods! }],
    destinations: except.complement(),
    sourceIP: source.text,
    at: document.at(['metadata', 'name']),
  };
}

function readSource(document: SourceDocument, findings: Findings): PlacedAddress | undefined {
  const path = ['spec', 'egressIP'];
  const { egressIP, egressIPs } = record(valueAt(document.value, ['spec']));
  if (egressIPs !== undefined) {
    const message = 'packets leave with one of several addresses, and which one is not said; write an Egress for each';
    findings.add('MQ803', ['spec', 'egressIPs'], message, 'key');
    return undefined;
  }
  if (egressIP === undefined || egressIP === '') {
    const message =
      'the address that packets leave with is not said here: Antrea takes one of the pool; write egressIP';
    findings.add('MQ803', ['spec'], message, 'key');
    return undefined;
  }
  const [source] = readAddresses([egressIP], path, findings);
  if (source?.address.family === 6)
    findings.add('MQ507', path, `"${source.text}" is IPv6; the egress NAT gateway handles IPv4 only`);
  return source;
}
