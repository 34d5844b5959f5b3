import { readParsedAgentFile, type Strictness } from '../agentfile/read';
import { type Diagnostic, diagnostic, hasErrors, isOfLint, type Location, sortDiagnostics } from '../diagnostics';
import { append, distinct, gravest, withoutOldBooleans } from '../diagnostics/collect';
import { mayBeTheirs, type Starts, startsOf } from '../dialect/claims';
import { isMasqDocument, loadIntents } from '../intent/load';
import type { ClusterModel } from '../intent/model';
import { type Bundle, checkBundle, emptyBundle, withoutDocuments } from '../manifest/bundle';
import { concernsPatch, normalFile, patchFiles } from '../manifest/kustomize';
import { objectsOf } from '../manifest/list';
import { objectId } from '../manifest/object';
import { readManifest } from '../manifest/read';
import { isSettingsFile, Judge, type Judgement, readParsedSettings, type Suppressed } from '../settings';
import { DEFAULT_LIMITS, type Limits, type ParsedSource, parseSource, type SourceDocument } from '../source';
import type { AgentConfig } from '../treatment/agentfile';
import { isAgentFile, strayAgentFile } from './agent-files';
import { nothingToCheck, syntaxFaults } from './faults';

/** A text to be checked. */
export interface Input {
  /** The name that findings carry. */
  readonly file: string;
  /** The whole text. */
  readonly text: string;
}

/** What was found in some files. */
export interface Checked {
  /** Everything found: by file as given, then by place. */
  readonly diagnostics: readonly Diagnostic[];
  /** The clusters of the intents among the files, in their order. */
  readonly clusters: readonly ClusterModel[];
  /** How many documents were looked at, those of unknown kinds not counted. */
  readonly documents: number;
  /** The findings that comments or settings leave out. */
  readonly suppressed: readonly Suppressed[];
}

/** What files hold. */
export interface Held {
  /** The clusters of the intents, as far as their shape could be read; none where nothing looks further at them. */
  readonly clusters: readonly ClusterModel[];
  /** The manifests, folder by folder. */
  readonly bundles: ReadonlyMap<string, Bundle>;
  /** The bare ip-masq-agent files, as far as they are sound. */
  readonly agentFiles: readonly BareAgentFile[];
  /** What other data planes may read, folder by folder. */
  readonly theirs: ReadonlyMap<string, readonly SourceDocument[]>;
  /** Where objects begin, of the files that have some which other data planes may read. */
  readonly starts: Starts;
  /** Whether a file is one that a kustomization names as a patch. */
  isPatch(file: string): boolean;
}

/** An ip-masq-agent file by itself. */
export interface BareAgentFile {
  /** Its name. */
  readonly file: string;
  /** What it says. */
  readonly config: AgentConfig;
  /** Its document; absent when it is empty. */
  readonly document?: SourceDocument;
}

/** How a run of checks is bounded and judged. */
export interface CheckOptions {
  /** How much a file may hold. @default the limits of masq */
  readonly limits?: Limits;
  /** What is to be made of findings. @default what the rules say */
  readonly judgement?: Judgement;
  /** How strictly agents' files are read. @default as masq-agent reads them */
  readonly strictness?: Strictness;
  /** Whether errors stay errors whatever comments and settings say: nothing is rendered in spite of one. @default false */
  readonly keepErrors?: boolean;
  /**
   * Looks further than single files do: is given all findings and what the files hold, and returns the findings that
   * count. Comments about rules of lint have no effect only where it is there.
   * @internal
   */
  readonly further?: (found: readonly Diagnostic[], held: Held) => readonly Diagnostic[];
}

/**
 * Checks files of every kind that masq knows, told apart by what they say and not by their names: intents, bare
 * ip-masq-agent files, and manifests. Only a chart's values are known by their file's name too, and a patch by the
 * kustomization that names it. Objects of one folder are checked against each other.
 */
export function checkFiles(inputs: Iterable<Input>, options: CheckOptions = {}): Checked {
  const checker = new Checker(options);
  const clusters = [...inputs].flatMap(input => checker.add(input).clusters);
  return { clusters, ...checker.finish() };
}

/** Checks files one after the other and keeps no more of them than later ones have to agree with. */
export class Checker {
  private readonly diagnostics: Diagnostic[] = [];
  private readonly clusterNames = new Map<string, Location>();
  private readonly bundles = new Map<string, Bundle>();
  private readonly agentFiles: BareAgentFile[] = [];
  private readonly clusters: ClusterModel[] = [];
  private readonly files: string[] = [];
  private readonly patches = new Set<string>();
  private readonly theirs = new Map<string, SourceDocument[]>();
  private readonly starts = new Map<string, readonly number[]>();
  private documents = 0;

  private readonly limits: Limits;
  private readonly judge: Judge;
  private readonly keepErrors: boolean;
  private readonly strictness: Strictness;
  private readonly further: CheckOptions['further'];

  constructor(options: CheckOptions = {}) {
    const { limits = DEFAULT_LIMITS, judgement, keepErrors = false, strictness = {}, further } = options;
    this.limits = limits;
    this.judge = new Judge(judgement, code => further !== undefined || !isOfLint(code));
    this.keepErrors = keepErrors;
    this.strictness = strictness;
    this.further = further;
  }

  /** Checks one file and returns the clusters of its intents, and what was found in it so far, not judged yet. */
  add(input: Input): Pick<Checked, 'clusters' | 'diagnostics'> {
    this.files.push(input.file);
    const found: Diagnostic[] = [];
    const clusters = this.addParsed(parseSource(input.file, input.text, this.limits), found);
    const diagnostics = gravest(found, this.limits.findings);
    append(this.diagnostics, diagnostics);
    // Nobody else looks at them again, and those of a fleet are large.
    if (this.further) for (const cluster of clusters) this.clusters.push(cluster);
    return { clusters, diagnostics };
  }

  /** Whether one of the files so far has a manifest that others of its folder have to agree with. */
  get hasManifests(): boolean {
    return this.bundles.size > 0;
  }

  /**
   * What the files so far hold.
   * @internal
   */
  get held(): Held {
    const bundles = new Map([...this.bundles].map(([folder, bundle]) => [folder, this.withoutPatches(bundle)]));
    const { clusters, agentFiles, theirs, starts } = this;
    return { clusters, bundles, agentFiles, theirs, starts, isPatch: file => this.isPatch(file) };
  }

  /** How many documents of the files so far masq knows. */
  get known(): number {
    return this.documents;
  }

  /** Whether there are errors among the findings so far, whatever settings make of them. */
  get hasErrors(): boolean {
    return hasErrors(this.diagnostics);
  }

  /** Adds a finding that was made outside, such as that a file cannot be read. */
  addDiagnostic(found: Diagnostic): void {
    this.diagnostics.push(found);
  }

  /** Checks what files have to agree on, and returns everything found. */
  finish(): Omit<Checked, 'clusters'> {
    const own = this.diagnostics.filter(found => concernsPatch(found.code) || !this.isPatch(found.file));
    for (const bundle of this.bundles.values()) {
      for (const found of byFile(checkBundle(this.withoutPatches(bundle))))
        append(own, gravest(found, this.limits.findings));
    }
    const checked = distinct(sortDiagnostics(own, this.files));
    const found = this.further ? sortDiagnostics(this.further(checked, this.held), this.files) : checked;
    const { diagnostics, suppressed } = this.judge.judge(found, this.keepErrors);
    return {
      diagnostics: sortDiagnostics(withoutOldBooleans(diagnostics), this.files),
      suppressed,
      documents: this.documents,
    };
  }

  private isPatch(file: string | undefined): boolean {
    return file !== undefined && this.patches.has(normalFile(file));
  }

  private withoutPatches(bundle: Bundle): Bundle {
    return this.patches.size === 0 ? bundle : withoutDocuments(bundle, ({ source }) => this.isPatch(source.file));
  }

  private addParsed(parsed: ParsedSource, found: Diagnostic[]): readonly ClusterModel[] {
    const { source, documents } = parsed;
    this.judge.read(parsed);
    if (isSettingsFile(source.file)) {
      this.documents += documents.length;
      append(found, readParsedSettings(parsed).diagnostics);
      return [];
    }
    append(found, syntaxFaults(parsed));
    for (const file of documents.flatMap(patchFiles)) this.patches.add(file);
    const isBare = documents.some(isAgentFile);
    const isOther = documents.some(document => objectId(document) || isMasqDocument(document.value));
    if (!isBare || isOther) return this.addObjects(parsed, found);
    this.addAgentFile(parsed, found);
    return [];
  }

  private addAgentFile(parsed: ParsedSource, found: Diagnostic[]): void {
    this.documents += parsed.documents.length;
    const { config, document, diagnostics } = readParsedAgentFile(parsed, this.strictness);
    if (config) this.agentFiles.push({ file: parsed.source.file, config, ...(document && { document }) });
    const known = new Set(found);
    append(
      found,
      diagnostics.filter(d => !known.has(d)),
    );
  }

  /** Adds intents and manifests, and returns the clusters of the intents. */
  private addObjects(parsed: ParsedSource, found: Diagnostic[]): readonly ClusterModel[] {
    const { source, documents } = parsed;
    const intents = new Set(documents.filter(document => isMasqDocument(document.value)));
    const { clusters, diagnostics } = loadIntents([...intents]);
    append(found, diagnostics);
    this.addClusters(clusters, found);
    const slash = source.file.lastIndexOf('/');
    const folder = source.file.slice(0, Math.max(slash, 0));
    const objects = documents.flatMap(objectsOf);
    let known = intents.size;
    for (const document of objects) {
      if (intents.has(document)) continue;
      const read = isAgentFile(document) ? strayAgentFile(document) : this.addManifest(document, folder);
      if (read) known++;
      append(found, read ?? []);
    }
    this.keepTheirs(objects, folder);
    this.documents += known;
    if (known === 0 && !hasErrors(found)) found.push(nothingToCheck(parsed));
    return clusters;
  }

  private keepTheirs(objects: readonly SourceDocument[], folder: string): void {
    const theirs = objects.filter(mayBeTheirs);
    if (theirs.length === 0) return;
    const own = this.theirs.get(folder);
    if (own) own.push(...theirs);
    else this.theirs.set(folder, theirs);
    for (const [file, starts] of startsOf(objects)) this.starts.set(file, starts);
  }

  private addClusters(clusters: readonly ClusterModel[], found: Diagnostic[]): void {
    for (const cluster of clusters.filter(c => c.name !== '')) {
      const at = cluster.document.at(['metadata', 'name']);
      const earlier = this.clusterNames.get(cluster.name);
      if (earlier) {
        const message = `intent "${cluster.name}" is defined twice; both would render to the same folder`;
        found.push(diagnostic('MQ214', at, { message, related: [{ ...earlier, message: 'the first one' }] }));
      } else this.clusterNames.set(cluster.name, at);
    }
  }

  /** Checks one manifest; undefined when it is of a kind that masq does not know. */
  private addManifest(document: SourceDocument, folder: string): readonly Diagnostic[] | undefined {
    const bundle = this.bundles.get(folder) ?? emptyBundle();
    this.bundles.set(folder, bundle);
    return readManifest(document, bundle, this.strictness);
  }
}

/** Findings that several files have to do with, by the file that each of them names. */
function byFile(findings: readonly Diagnostic[]): Iterable<readonly Diagnostic[]> {
  const files = new Map<string | undefined, Diagnostic[]>();
  for (const found of findings) {
    const own = files.get(found.file);
    if (own) own.push(found);
    else files.set(found.file, [found]);
  }
  return files.values();
}
