import type { BareAgentFile } from '../check/check';
import { type Diagnostic, diagnostic } from '../diagnostics';
import type { DialectName } from '../dialect/claims';
import type { SourceDocument } from '../source';

/** What is said of an intent. */
export function intentFault(document: SourceDocument): Diagnostic {
  return diagnostic('MQ803', document.at(['kind']), {
    message: 'this is an intent of masq already; there is nothing to import',
  });
}

/** What is said of a file that another dialect than ip-masq-agent's is told of. */
export function bareFault({ file, document }: BareAgentFile, dialect: DialectName): Diagnostic {
  const message = `the dialect "${dialect}" is about ConfigMaps, and this is a bare file; put it into the ConfigMap that it is read from`;
  return diagnostic('MQ803', document?.at([]) ?? { file }, { message });
}

/** What is said of a patch: what comes of it hangs on what it is put on. */
export function patchFault(document: SourceDocument): Diagnostic {
  const message =
    'a kustomization has this for a patch, which says a part of an object only; import what "kustomize build" makes of it';
  return diagnostic('MQ803', document.at([]), { message });
}
