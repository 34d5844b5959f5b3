import type { Cidr } from '../address';
import { isPlaceholder } from '../schema/placeholder';
import { readAgent } from './build-agent';
import { readEgress } from './build-egress';
import { readNetwork } from './build-network';
import { readEntries } from './entry';
import type { Findings } from './findings';
import type { ClusterModel, MasqueradeModel, Platform } from './model';
import { platformDefault } from './platform-default';
import { PLATFORM_DEFAULT, RangeScope, rangeDefinitions } from './ranges';
import { choice, isRecord, record, text, texts } from './raw';
import { checkAnnotations, checkLabels } from './selector';
import { isReleased, type PlatformVersion, parseVersion } from './version';

const SPEC = ['spec'] as const;
const PLATFORMS: readonly Platform[] = ['gke-standard', 'gke-autopilot', 'anthos-bare-metal', 'kubernetes'];

/**
 * Fills in a cluster's model from a document, as far as its shape allows: what has a wrong type was reported by the
 * schema and counts as absent here, so that everything else is still checked.
 * @param outer where names are looked up that the document does not define
 */
export function buildModel(findings: Findings, outer?: RangeScope): ClusterModel | undefined {
  const root = record(findings.document.value);
  const spec = record(root.spec);
  const metadata = record(root.metadata);
  const known = PLATFORMS.find(p => p === spec.platform);
  // Addresses and names are read all the same, so that a slip in the platform hides no other.
  const platform = known ?? 'kubernetes';
  const version = readVersion(spec.version, platform, findings);
  const raw = record(spec.network);
  const defaults = (): readonly Cidr[] | undefined => {
    const found = platformDefault(platform, version, network);
    if (found !== 'needs-image') return found;
    findings.add('MQ414', ['spec', 'version'], {
      message: `before GKE 1.14.1-gke.14, and on 1.14.2 before 1.14.2-gke.1, the default destinations depend on the node image; say spec.network.nodeImage`,
    });
    return undefined;
  };
  const special = new Map([[PLATFORM_DEFAULT, defaults]]);
  const scope = new RangeScope(findings, rangeDefinitions(spec.ranges), [...SPEC, 'ranges'], outer, special);
  const network = readNetwork(raw, platform, findings);
  const labels = texts(metadata.labels);
  checkLabels(labels, ['metadata', 'labels'], findings);
  checkManagedBy(labels, findings);
  const annotations = texts(metadata.annotations);
  checkAnnotations(annotations, ['metadata', 'annotations'], findings);
  const masquerade = isRecord(spec.masquerade) ? readMasquerade(spec.masquerade, findings, scope) : undefined;
  const egress = readEgress(spec.egress, platform, version, text(metadata.name) ?? '', findings, scope);
  scope.resolveAll();
  // A name that was mistyped somewhere, or stands where nothing could be read, looks unused.
  const mistyped = findings.anyBelow([], 'MQ113', 'MQ203', 'MQ204', 'MQ205', 'MQ206', 'MQ211', 'MQ613');
  for (const name of mistyped ? [] : scope.unused()) {
    findings.add('MQ127', [...SPEC, 'ranges', name], `range "${name}" is never used; remove it`, 'key');
  }
  const agent = readAgent(record(spec.agent), platform, network, findings);
  if (!known) return undefined;
  return {
    document: findings.document,
    name: text(metadata.name) ?? '',
    labels,
    annotations,
    platform,
    ...(version && { version }),
    network,
    ...(masquerade && { masquerade }),
    agent,
    ...(egress && { egress }),
  };
}

const MANAGED_BY = 'app.kubernetes.io/managed-by';

/** The label that tells masq's objects from others' is not to be had. */
function checkManagedBy({ [MANAGED_BY]: value }: Readonly<Record<string, string>>, findings: Findings): void {
  if (value === undefined || value === 'masq') return;
  const message = `the label ${MANAGED_BY} is always "masq" on what masq renders, not "${value}"; remove it`;
  findings.add('MQ206', ['metadata', 'labels', MANAGED_BY], message);
}

function readVersion(value: unknown, platform: Platform, findings: Findings): PlatformVersion | undefined {
  if (typeof value !== 'string') return undefined;
  const version = parseVersion(platform === 'kubernetes' ? withoutSuffix(value) : value);
  if (isPlaceholder(value)) {
    const message = `"${value}" is a placeholder that was never filled in; write a version such as "1.29.4-gke.1043000"`;
    findings.add('MQ613', ['spec', 'version'], message);
  } else if (!version) {
    findings.add(
      'MQ412',
      ['spec', 'version'],
      `"${value}" is no version; write one such as "1.29.4-gke.1043000" or "1.10.2"`,
    );
  } else if (!isReleased(version)) {
    const [, minor, patch] = /^v?1(?:\.(\d\d)(\d+)|(\d{1,2})\.(\d+))/.exec(value)?.filter(Boolean) ?? [];
    const instead = minor === undefined ? 'write one such as "1.29.4"' : `did you mean "1.${minor}.${patch}"?`;
    findings.add('MQ412', ['spec', 'version'], `no platform has a version "${value}"; ${instead}`);
    return undefined;
  }
  return version;
}

/** A version without what distributions append to it: v1.29.4+k3s1, 1.29.4-eks-036c24b. */
function withoutSuffix(version: string): string {
  const at = version.search(/[-+](?!gke)/);
  return at >= 0 && /^.[0-9A-Za-z.+-]+$/.test(version.slice(at)) ? version.slice(0, at) : version;
}

function readMasquerade(value: unknown, findings: Findings, scope: RangeScope): MasqueradeModel | undefined {
  const raw = record(value);
  const path = [...SPEC, 'masquerade'];
  const defaultPolicy = choice(raw.defaultPolicy, ['replace', 'add']);
  return {
    preserve: readEntries(raw.preserve, [...path, 'preserve'], findings, scope),
    always: readEntries(raw.always, [...path, 'always'], findings, scope),
    linkLocal: choice(raw.linkLocal, ['preserve', 'masquerade']) ?? 'preserve',
    linkLocalIPv6: choice(raw.linkLocalIPv6, ['preserve', 'masquerade']) ?? 'preserve',
    ...(defaultPolicy && { defaultPolicy }),
    policyName: text(raw.policyName) ?? 'masq',
  };
}
