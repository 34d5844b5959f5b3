import { type Diagnostic, diagnostic } from '../diagnostics';
import type { SourceDocument } from '../source';
import { objectId } from './object';

/** Something that was read from an object. */
export interface FromObject {
  /** The object. */
  readonly document: SourceDocument;
}

/** Which of some objects are definitions of the same one. */
export class Identities {
  private readonly byDocument = new Map<SourceDocument, string>();
  private readonly inFile = new Map<SourceDocument['source'], Set<string>>();

  /** @param documents the objects of one folder */
  constructor(documents: readonly SourceDocument[]) {
    for (const document of documents) {
      const identity = identityOf(document);
      if (identity === undefined) continue;
      this.byDocument.set(document, identity);
      this.inFile.set(document.source, (this.inFile.get(document.source) ?? new Set()).add(identity));
    }
  }

  /**
   * Whether two objects are taken to be applied together. All of a folder are, except of files that are alternatives,
   * such as examples or overlays: a definition is not held against the objects of a file that has another one of the
   * same object.
   */
  together({ document: one }: FromObject, { document: other }: FromObject): boolean {
    return one.source === other.source || !(this.isAlsoIn(one, other) || this.isAlsoIn(other, one));
  }

  /** Says of every object that it is defined twice. */
  duplicates(): Diagnostic[] {
    const seen = new Map<string, SourceDocument>();
    return [...this.byDocument].flatMap(([document, identity]) => {
      const earlier = seen.get(identity);
      seen.set(identity, earlier ?? document);
      return earlier ? [duplicateFinding(document, earlier)] : [];
    });
  }

  private isAlsoIn(document: SourceDocument, { source }: SourceDocument): boolean {
    const identity = this.byDocument.get(document);
    return identity !== undefined && this.inFile.get(source)?.has(identity) === true;
  }
}

/** Equal for objects of which one would overwrite the other; undefined for those without a name. */
function identityOf(document: SourceDocument): string | undefined {
  const id = objectId(document);
  if (!id?.name) return undefined;
  return [id.apiVersion.replace(/\/?v\d\w*$/, ''), id.kind, id.namespace ?? '', id.name].join('|');
}

/** In one file a duplicate is a mistake; in two files it is one only if both are applied to the same cluster. */
function duplicateFinding(document: SourceDocument, earlier: SourceDocument): Diagnostic {
  const id = objectId(document)!;
  const what = `${id.kind} "${id.name}"${id.namespace === undefined ? '' : ` in namespace "${id.namespace}"`}`;
  const related = [{ ...earlier.at(['metadata', 'name']), message: 'the first one' }];
  const at = document.at(['metadata', 'name']);
  if (document.source === earlier.source) {
    const message = `${what} is defined twice; the later one overwrites the earlier`;
    return diagnostic('MQ605', at, { message, related });
  }
  const message = `${what} is defined in ${earlier.source.file} too; applied to one cluster, one overwrites the other`;
  return diagnostic('MQ605', at, { message, related, severity: 'note' });
}
