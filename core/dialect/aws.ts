import { cidr, parseCidr } from '../address';
import { parseBoolean } from '../agentfile/flags';
import { type Diagnostic, hasErrors, type ValuePath } from '../diagnostics';
import { addFault } from '../intent/entry';
import { Findings } from '../intent/findings';
import { list, objectId, record } from '../manifest/object';
import { POD } from '../manifest/pod';
import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';
import type { KeptRange, ReadDialect } from './reading';

/** What AWS calls the DaemonSet of its CNI, and the container that translates. */
const AWS_NODE = 'aws-node';

/** Whether a document is the DaemonSet of AWS's VPC CNI, or the configuration of its EKS add-on, which becomes that. */
export function isAwsNode(document: SourceDocument): boolean {
  const id = objectId(document);
  if (!id) return Object.keys(record(record(document.value).env)).some(name => name.startsWith('AWS_VPC_K8S_CNI_'));
  return id.kind === 'DaemonSet' && id.name === AWS_NODE && containerOf(document) !== undefined;
}

function containerOf(document: SourceDocument): ValuePath | undefined {
  const containers = list(valueAt(document.value, [...POD, 'containers'])).map(record);
  const index = containers.findIndex(({ name }) => name === AWS_NODE);
  return index < 0 ? undefined : [...POD, 'containers', index];
}

/** The variables that are about source addresses. Source: aws/amazon-vpc-cni-k8s, README. */
const EXTERNAL_SNAT = 'AWS_VPC_K8S_CNI_EXTERNALSNAT';
const EXCLUDED = 'AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS';
const RANDOM = 'AWS_VPC_K8S_CNI_RANDOMIZESNAT';

/** The chains in which the CNI gives packets the node's primary address: one for each range that is kept in old versions. */
const SNAT_CHAIN = /^AWS-SNAT-CHAIN-\d+$/;

/** Whether the CNI leaves translation to something outside, such as a NAT gateway: pods then keep their address anywhere. */
export function hasExternalSnat(document: SourceDocument): boolean {
  return parseBoolean(readVariable(EXTERNAL_SNAT, new Findings(document))?.value ?? '') === true;
}

/**
 * What a DaemonSet without an image, which is a patch, and the add-on's configuration do not say, and what stays as it is
 * on the cluster then: variables without which nobody knows what is translated.
 */
export function missingVariables(document: SourceDocument): readonly string[] {
  const container = containerOf(document);
  const isWhole = container && valueAt(document.value, [...container, 'image']) !== undefined;
  if (isWhole || hasExternalSnat(document)) return [];
  return [EXTERNAL_SNAT, EXCLUDED].filter(name => readVariable(name, new Findings(document)) === undefined);
}

/**
 * Reads what the VPC CNI makes of its DaemonSet's variables. Packets to the VPC's ranges are never translated, nor those
 * to `EXCLUDE_SNAT_CIDRS`, of which what is no IPv4 CIDR is passed over; all others get the node's primary address,
 * link-local destinations too. With `EXTERNALSNAT=true` none is translated. IPv6 is never.
 * Which ranges the VPC has is no part of it: a fact.
 */
export function readAws(document: SourceDocument): ReadDialect {
  const findings = new Findings(document);
  const variable = (name: string) => readVariable(name, findings);
  const said = variable(EXTERNAL_SNAT);
  const external = parseBoolean(said?.value ?? 'false');
  const excluded = variable(EXCLUDED);
  const random = variable(RANDOM);
  if (external === undefined) {
    findings.add('MQ206', said!.path, `${EXTERNAL_SNAT} is true or false, not "${said!.value}"`);
  }
  if (random && !['none', 'prng'].includes(random.value)) {
    const message = `source ports are randomised by a hash ("${random.value}"); an intent knows fully random ports or the kernel's choice, and gets the first`;
    findings.add('MQ802', random.path, message);
  }
  if (external && excluded && excluded.value !== '') {
    findings.add(
      'MQ801',
      excluded.path,
      `${EXCLUDED} changes nothing beside ${EXTERNAL_SNAT}=true: nothing is translated`,
    );
  }
  const kept = external
    ? [
        {
          ...ANYWHERE,
          rule: `${EXTERNAL_SNAT}=true`,
          at: document.at(said!.path),
          comment: document.comment(said!.path),
        },
      ]
    : excludedRanges(excluded, findings);
  const diagnostics: readonly Diagnostic[] = findings.list;
  if (hasErrors(diagnostics)) return { diagnostics };
  return {
    reading: {
      as: "AWS's VPC CNI",
      kept,
      linkLocal: { 4: 'masquerade', 6: 'preserve' },
      families: [4],
      randomFully: random?.value !== 'none',
      snatChain: SNAT_CHAIN,
      keepsOwn: ['vpc'],
      egress: [],
    },
    diagnostics,
  };
}

const ANYWHERE: KeptRange = { text: '0.0.0.0/0', cidrs: [cidr('0.0.0.0/0')] };

interface Variable {
  readonly value: string;
  readonly path: ValuePath;
}

function readVariable(name: string, findings: Findings): Variable | undefined {
  const { document } = findings;
  const container = containerOf(document);
  if (!container) return variableOf(valueAt(document.value, ['env', name]), ['env', name]);
  const env = [...container, 'env'];
  const variables = list(valueAt(document.value, env)).map(record);
  const index = variables.map(one => one.name).lastIndexOf(name);
  if (index < 0) return undefined;
  const { value, valueFrom } = variables[index]!;
  if (valueFrom !== undefined) {
    const path = [...env, index, 'valueFrom'];
    if (!findings.anyBelow(path)) {
      findings.add(
        'MQ803',
        path,
        `what ${name} is comes from elsewhere, which masq does not follow; write its value`,
        'key',
      );
    }
    return undefined;
  }
  return variableOf(value ?? '', [...env, index, 'value']);
}

function variableOf(value: unknown, path: ValuePath): Variable | undefined {
  return value === undefined ? undefined : { value: value === null ? '' : String(value), path };
}

/** The entries of the list; the CNI trims each, and leaves out what it cannot read. */
function excludedRanges(excluded: Variable | undefined, findings: Findings): KeptRange[] {
  if (!excluded || excluded.value.trim() === '') return [];
  const { value, path } = excluded;
  let offset = 0;
  return value.split(',').flatMap(word => {
    const start = offset + word.length - word.trimStart().length;
    offset += word.length + 1;
    const text = word.trim();
    const at = findings.document.within(path, start, text.length);
    // The comment stands behind the last one.
    const comment = offset > value.length ? findings.document.comment(path) : undefined;
    const parsed = parseCidr(text);
    if (parsed.ok && parsed.value.family === 4) return [{ text, cidrs: [parsed.value], at, comment }];
    if (parsed.ok) {
      findings.addAt('MQ801', at, {
        message: `"${text}" is IPv6, which the VPC CNI passes over here; it is left out`,
        severity: 'warning',
      });
      return [];
    }
    const { suggestion, kind } = parsed.fault;
    if (kind === 'host-bits' && suggestion !== undefined) {
      findings.addAt(
        'MQ802',
        at,
        `CIDR "${text}" has host bits set; the VPC CNI reads it as "${suggestion}", and so does the intent`,
      );
      return [{ text: suggestion, cidrs: [cidr(suggestion)], at, comment }];
    }
    addFault(findings, path, text, parsed.fault, 'CIDR', start);
    return [];
  });
}
