import { DEFAULT_FLAGS } from '../../agentfile/flags';
import { type Checked, type CheckOptions, checkFiles, type Held, type Input } from '../../check/check';
import type { Diagnostic, Location, RuleCode } from '../../diagnostics';
import { append, gravest } from '../../diagnostics/collect';
import type { ClusterModel } from '../../intent/model';
import type { Bundle } from '../../manifest/bundle';
import { bundleReading } from '../../manifest/denote';
import { isManagedPolicy } from '../../manifest/egress-nat-policy';
import type { FromObject } from '../../manifest/identities';
import { objectsOf } from '../../manifest/list';
import { isAzureKey } from '../../manifest/unread-key';
import { valueAt } from '../../schema/path';
import { DEFAULT_LIMITS, parseSource, type SourceDocument } from '../../source';
import { agentTreatment } from '../../treatment/agentfile';
import { withoutManaged } from '../running';
import { type Preserving, uncovered } from './coverage';
import { idleExceptions } from './exceptions';
import { declaredFacts, distinctFacts, type Fact, factsOf, maySayFacts } from './facts';
import { type FoundAt, idleRules } from './idle-rules';
import { kubeletFlags, mayConfigureKubelet, versionIn } from './kubelet';
import { configMapListings, fileListing, intentListings, type Listing, noSnatListing, policyListing } from './listing';
import { mergeableRanges } from './mergeable';
import { namedLists } from './named-lists';
import { idlePodRules } from './pod-rules';
import { disagreements, unreadSources } from './sources';

/** What a run of lint is told beside the files' findings. */
export interface LintFacts {
  /** The files, once all of them are known. */
  readonly inputs: () => readonly Input[];
  /** Ranges of the clusters' own that no file says. @default none */
  readonly given?: readonly Fact[];
  /** How many findings of lint a file may have. @default the limit of masq */
  readonly limit?: number;
}

/**
 * What `masq lint` looks for beyond what every check does, for a `Checker`: what is right and could be better, or is
 * dubious. Files and folders with errors are looked at no further.
 */
export function lintWith({ inputs, given = [], limit = DEFAULT_LIMITS.findings }: LintFacts): CheckOptions['further'] {
  return (found, held) => {
    const said = withoutManaged(found, held.bundles.values());
    return new Linter(said, held, new FilesFacts(inputs()), given).run(limit);
  };
}

/** Checks and lints files. */
export function lintFiles(inputs: readonly Input[], options: CheckOptions = {}, given: readonly Fact[] = []): Checked {
  return checkFiles(inputs, { ...options, further: lintWith({ inputs: () => inputs, given }) });
}

/** What files say beside what masq is about: a cluster's ranges, and what its kubelets are told. */
class FilesFacts {
  /** The findings on what kubelets are told. */
  readonly kubelet: readonly Diagnostic[];
  /** The files that say something. */
  readonly used: ReadonlySet<string>;
  private readonly facts = new Map<string, Fact[]>();

  constructor(inputs: readonly Input[]) {
    const documents = inputs
      .filter(({ text }) => maySayFacts(text) || mayConfigureKubelet(text))
      .flatMap(({ file, text }) => parseSource(file, text).documents.flatMap(objectsOf))
      .map(document => ({ document, folder: folderOf(document.source.file) }));
    const minors = new Map<string, number | undefined>();
    for (const { document, folder } of documents) {
      minors.set(folder, versionIn(document) ?? minors.get(folder));
      this.facts.set(folder, [...(this.facts.get(folder) ?? []), ...factsOf(document)]);
    }
    const said = [...this.facts.values()].flat().map(({ at }) => at?.file ?? '');
    this.kubelet = documents.flatMap(({ document, folder }) => kubeletFlags(document, minors.get(folder)));
    this.used = new Set([...said, ...this.kubelet.map(({ file = '' }) => file)]);
  }

  /** What the objects of a folder say. */
  of(folder: string): readonly Fact[] {
    return this.facts.get(folder) ?? [];
  }
}

/** What every check says of whether an entry of a list is of use; the last one at a place counts. */
const OF_USE: readonly RuleCode[] = ['MQ308', 'MQ302', 'MQ124', 'MQ123', 'MQ121', 'MQ120'];

/** Why --fix leaves a name alone that nothing uses. */
const UNUSED = '"masq lint --fix" leaves this to you: it may be that the name was to be used';

/** Looks at what sound files denote. */
class Linter {
  private readonly faulty: ReadonlySet<string | undefined>;
  private readonly places = new Map<string, Diagnostic>();
  private readonly told: Diagnostic[] = [];

  constructor(
    private readonly found: readonly Diagnostic[],
    private readonly held: Held,
    private readonly files: FilesFacts,
    private readonly given: readonly Fact[],
  ) {
    this.faulty = new Set(found.filter(({ severity }) => severity === 'error').map(({ file }) => file));
    for (const code of OF_USE) {
      for (const one of found) if (one.code === code) this.places.set(placeOf(one), one);
    }
  }

  /** The findings of others and of lint: of the same place those of others, with how to mend them. */
  run(limit: number): readonly Diagnostic[] {
    const clusters = this.held.clusters.filter(({ document }) => !this.faulty.has(document.source.file));
    const bundles = [...this.held.bundles].filter(([, { documents }]) =>
      documents.every(({ source }) => !this.faulty.has(source.file)),
    );
    for (const cluster of clusters) this.cluster(cluster);
    for (const [folder, bundle] of bundles) this.bundle(folder, bundle, clusters);
    for (const file of this.held.agentFiles.filter(one => !this.faulty.has(one.file))) this.agentFile(file);
    const isUsed = clusters.length + bundles.length + this.held.agentFiles.length > 0;
    if (isUsed) append(this.told, this.files.kubelet);
    return this.together(limit);
  }

  private readonly foundAt: FoundAt = place => this.places.get(placeOf(place));

  private cluster(model: ClusterModel): void {
    const { document, egress } = model;
    const idle = new Set(intentListings(model).flatMap(listing => [...this.listing(listing)]));
    for (const list of namedLists(model)) {
      append(
        this.told,
        mergeableRanges(document, list, ({ path }) => this.foundAt(document.at(path)) !== undefined),
      );
    }
    append(
      this.told,
      idleExceptions(model, this.foundAt, path => idle.has(JSON.stringify(path))),
    );
    for (const policy of egress?.policies ?? []) {
      append(this.told, idlePodRules(document, policy, [...policy.path, 'from'], this.foundAt));
    }
  }

  private bundle(folder: string, bundle: Bundle, clusters: readonly ClusterModel[]): void {
    const isOthers = ({ document }: FromObject): boolean => !isRendered(document);
    for (const listing of bundle.configMaps.filter(isOthers).flatMap(configMapListings)) this.listing(listing);
    for (const policy of bundle.noSnat.filter(one => isOthers(one) && !isManagedPolicy(one)))
      this.listing(noSnatListing(policy));
    for (const { document, policy } of bundle.policies.filter(isOthers)) {
      this.listing(policyListing(document, policy, 'destinationCIDRs'));
      append(this.told, idlePodRules(document, policy, [...policy.path, 'egress'], this.foundAt));
    }
    append(this.told, disagreements(bundle));
    append(this.told, unreadSources(bundle));
    const declared = clusters.filter(({ name }) => name === folder.slice(folder.lastIndexOf('/') + 1));
    const facts = [...this.given, ...this.files.of(folder), ...declared.flatMap(declaredFacts)];
    const preserving = preservingOf(bundle);
    if (preserving) append(this.told, uncovered(preserving, distinctFacts(facts)));
  }

  private agentFile({ file, config, document }: Held['agentFiles'][number]): void {
    if (!document) return;
    this.listing(fileListing(config, document));
    // Nothing here says how the agent is started: as it is by itself, it writes no rules for IPv6.
    const map = agentTreatment(config, DEFAULT_FLAGS);
    // Of several files in a folder each is about a cluster of its own, and which the folder's objects are about is not known.
    const isAlone = this.held.agentFiles.every(one => one.file === file || folderOf(one.file) !== folderOf(file));
    const facts = distinctFacts([...this.given, ...(isAlone ? this.files.of(folderOf(file)) : [])]);
    const isListed = config.nonMasqueradeCIDRs !== undefined;
    const at = document.at(isListed ? ['nonMasqueradeCIDRs'] : [], 'key');
    const what = isListed ? 'the list' : "the agent's built-in list";
    append(this.told, uncovered({ map, what, at }, facts));
  }

  /** Looks at lists, and returns the ways to the entries that may go. */
  private listing(listing: Listing): ReadonlySet<string> {
    const { rules, diagnostics } = idleRules(listing, this.foundAt);
    append(this.told, diagnostics);
    const idle = new Set(rules.map(({ rule }) => JSON.stringify(rule.at?.path)));
    for (const list of listing.lists) {
      append(
        this.told,
        mergeableRanges(listing.document, list, ({ path }) => idle.has(JSON.stringify(path))),
      );
    }
    return idle;
  }

  /** Whether a finding says of a file that masq has no use for it, and lint has. */
  private isOfUse({ code, file = '' }: Diagnostic): boolean {
    return code === 'MQ212' && this.files.used.has(file);
  }

  private together(limit: number): readonly Diagnostic[] {
    const mended = new Map(this.told.map(one => [`${one.code} ${placeOf(one)}`, one]));
    const others = this.found
      .filter(one => !this.isOfUse(one))
      .map(one => mended.get(`${one.code} ${placeOf(one)}`) ?? one)
      .map(one => (one.code === 'MQ127' && one.hint === undefined ? { ...one, hint: UNUSED } : one));
    const known = new Set(others);
    const fresh = new Map<string | undefined, Diagnostic[]>();
    for (const one of this.told.filter(told => !known.has(told))) {
      fresh.set(one.file, [...(fresh.get(one.file) ?? []), one]);
    }
    return [...others, ...[...fresh.values()].flatMap(list => gravest(list, limit))];
  }
}

/**
 * What a folder's agent preserves, and where one would write more of it. Undefined where that cannot be told: with Azure's
 * agent the cloud may have a file beside those in the folder.
 */
function preservingOf(bundle: Bundle): Preserving | undefined {
  const { configMaps, daemonSets } = bundle;
  const isOwn = daemonSets.some(({ dialect }) => dialect === undefined);
  const isAnothers = daemonSets.length > 0 || configMaps.some(({ files }) => [...files.keys()].some(isAzureKey));
  const reading = isOwn || (!isAnothers && configMaps.length > 0) ? bundleReading(bundle) : undefined;
  if (!reading?.ok) return undefined;
  const { map } = reading;
  const listed = map.asked[4].layers.find(({ value }) => value.at !== undefined)?.value.at;
  const document = configMaps
    .flatMap(({ fileDocuments }) => [...fileDocuments.values()])
    .find(one => listed?.path && placeOf(one.at(listed.path)) === placeOf(listed));
  if (document) return { map, what: 'the list', at: document.at(['nonMasqueradeCIDRs'], 'key') };
  const [agent] = [...daemonSets, ...configMaps] as readonly FromObject[];
  return { map, what: 'the agent', at: agent!.document.at(['metadata', 'name']) };
}

/** Whether masq has rendered an object: its lists are mended in the intent. */
function isRendered({ value }: SourceDocument): boolean {
  return valueAt(value, ['metadata', 'labels', 'app.kubernetes.io/managed-by']) === 'masq';
}

function placeOf({ file, range }: Location): string {
  return `${file ?? ''}:${range?.start.offset ?? ''}`;
}

function folderOf(file: string): string {
  return file.slice(0, Math.max(file.lastIndexOf('/'), 0));
}
