import { AGENT_KEYS, readAgentDocument, readParsedAgentFile } from '../agentfile/read';
import { type Diagnostic, diagnostic, hasErrors, type Location, sortDiagnostics, suggest } from '../diagnostics';
import { isMasqDocument, loadIntents } from '../intent/load';
import type { ClusterModel } from '../intent/model';
import { type Bundle, checkBundle, emptyBundle } from '../manifest/bundle';
import { objectsOf } from '../manifest/list';
import { objectId, record } from '../manifest/object';
import { readManifest } from '../manifest/read';
import { DEFAULT_LIMITS, type Limits, type ParsedSource, parseSource, type SourceDocument } from '../source';

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
}

/**
 * Checks files of every kind that masq knows, told apart by what they say and not by their names: intents, bare
 * ip-masq-agent files, and manifests. Objects of one folder are checked against each other.
 */
export function checkFiles(inputs: Iterable<Input>, limits: Limits = DEFAULT_LIMITS): Checked {
  const checker = new Checker(limits);
  const clusters = [...inputs].flatMap(input => checker.add(input).clusters);
  return { clusters, ...checker.finish() };
}

/** Checks files one after the other and keeps no more of them than later ones have to agree with. */
export class Checker {
  private readonly diagnostics: Diagnostic[] = [];
  private readonly clusterNames = new Map<string, Location>();
  private readonly bundles = new Map<string, Bundle>();
  private readonly files: string[] = [];
  private documents = 0;

  constructor(private readonly limits: Limits = DEFAULT_LIMITS) {}

  /** Checks one file and returns the clusters of its intents, and what was found in it so far. */
  add(input: Input): Pick<Checked, 'clusters' | 'diagnostics'> {
    const before = this.diagnostics.length;
    this.files.push(input.file);
    const clusters = this.addParsed(parseSource(input.file, input.text, this.limits));
    return { clusters, diagnostics: this.diagnostics.slice(before) };
  }

  /** Adds a finding that was made outside, such as that a file cannot be read. */
  addDiagnostic(found: Diagnostic): void {
    this.diagnostics.push(found);
  }

  /** Checks what files have to agree on, and returns everything found. */
  finish(): Omit<Checked, 'clusters'> {
    for (const bundle of this.bundles.values()) this.diagnostics.push(...checkBundle(bundle));
    return { diagnostics: distinct(sortDiagnostics(this.diagnostics)), documents: this.documents };
  }

  private addParsed(parsed: ParsedSource): readonly ClusterModel[] {
    const { source, documents } = parsed;
    const own: Diagnostic[] = [...templateFaults(parsed)];
    const bare = documents.find(isAgentFile);
    if (bare && !documents.some(document => objectId(document) || isMasqDocument(document.value))) {
      this.documents += documents.length;
      const read = documents.length > 1 ? readParsedAgentFile(parsed) : readAgentDocument(bare);
      this.diagnostics.push(
        ...own,
        ...(documents.length > 1 ? read.diagnostics.filter(d => !own.includes(d)) : read.diagnostics),
      );
      return [];
    }
    const intents = documents.filter(document => isMasqDocument(document.value));
    const loaded = loadIntents(intents);
    own.push(...loaded.diagnostics);
    this.addClusters(loaded.clusters);
    const slash = source.file.lastIndexOf('/');
    const folder = source.file.slice(0, Math.max(slash, 0));
    let known = intents.length;
    for (const document of documents.flatMap(objectsOf)) {
      if (intents.includes(document)) continue;
      const found = isAgentFile(document) ? strayAgentFile(document) : this.addManifest(document, folder);
      if (found) known++;
      own.push(...(found ?? []));
    }
    this.documents += known;
    if (known === 0 && !hasErrors(own)) {
      const message = 'nothing to check: no masq intent, no ip-masq-agent file and no manifest that masq knows';
      own.push(diagnostic('MQ212', { file: source.file, range: source.range(0, 0) }, { message }));
    }
    this.diagnostics.push(...own);
    return loaded.clusters;
  }

  private addClusters(clusters: readonly ClusterModel[]): void {
    for (const cluster of clusters.filter(c => c.name !== '')) {
      const at = cluster.document.at(['metadata', 'name']);
      const earlier = this.clusterNames.get(cluster.name);
      if (earlier) {
        const message = `intent "${cluster.name}" is defined twice; both would render to the same folder`;
        this.diagnostics.push(
          diagnostic('MQ214', at, { message, related: [{ ...earlier, message: 'the first one' }] }),
        );
      } else this.clusterNames.set(cluster.name, at);
    }
  }

  /** Checks one manifest; undefined when it is of a kind that masq does not know. */
  private addManifest(document: SourceDocument, folder: string): readonly Diagnostic[] | undefined {
    const bundle = this.bundles.get(folder) ?? emptyBundle();
    this.bundles.set(folder, bundle);
    return readManifest(document, bundle);
  }
}

/** Leaves out what was said before of the very same characters, such as those that several aliases stand for. */
function distinct(sorted: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return sorted.filter(({ code, file, range, message }) => {
    const key = [code, file, range?.start.offset, range?.end.offset, message].join('|');
    return !seen.has(key) && seen.add(key);
  });
}

/** An ip-masq-agent file between manifests: checked, but nothing reads it there. */
function strayAgentFile(document: SourceDocument): Diagnostic[] {
  const message = 'an ip-masq-agent file stands among other documents, where nothing reads it; put it into a ConfigMap';
  return [diagnostic('MQ215', document.at([]), { message }), ...readAgentDocument(document).diagnostics];
}

/** Whether a document without kind is an ip-masq-agent file: one of its keys is the agent's, or nearly so. */
function isAgentFile(document: SourceDocument): boolean {
  const keys = Object.keys(record(document.value));
  if (keys.includes('kind') || keys.includes('apiVersion')) return false;
  return keys.some(key => key.length > 6 && suggest(key, AGENT_KEYS) !== undefined);
}

/** A YAML fault beside `{{` is a template that nobody rendered, and its syntax errors only distract. */
function templateFaults(parsed: ParsedSource): readonly Diagnostic[] {
  const { diagnostics, source } = parsed;
  const at = source.text.indexOf('{{');
  if (at < 0 || !diagnostics.some(d => d.code === 'MQ201')) return diagnostics;
  const end = source.text.indexOf('}}', at);
  const text = source.text.slice(at, end < 0 ? at + 2 : end + 2).split('\n')[0]!;
  const message = `"${text}" is a template placeholder that was never filled in; check what the template renders`;
  const place = { file: source.file, range: source.range(at, at + text.length) };
  return [diagnostic('MQ613', place, { message }), ...diagnostics.filter(d => d.code !== 'MQ201')];
}
