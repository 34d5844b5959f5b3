import { type Diagnostic, diagnostic } from '../diagnostics';
import type { DialectName } from '../dialect/claims';
import { objectId } from '../manifest/object';
import type { SourceDocument } from '../source';

/** What is said of an intent. */
export function intentFault(document: SourceDocument): Diagnostic {
  return diagnostic('MQ803', document.at(['kind']), {
    message: 'this is an intent of masq already; there is nothing to import',
  });
}

/** What is said of a file that another dialect than ip-masq-agent's is told of. */
export function bareFault(document: SourceDocument, dialect: DialectName): Diagnostic {
  const message = `the dialect "${dialect}" is about ConfigMaps, and this is a bare file; put it into the ConfigMap that it is read from`;
  return diagnostic('MQ803', document.at([]), { message });
}

/** What is said of a patch: what comes of it hangs on what it is put on. */
export function patchFault(document: SourceDocument): Diagnostic {
  const message =
    'a kustomization has this for a patch, which says a part of an object only; import what "kustomize build" makes of it';
  return diagnostic('MQ803', document.at([]), { message });
}

/** Whether a document is what Tigera's operator makes Calico of. */
export function isInstallation(document: SourceDocument): boolean {
  const id = objectId(document);
  return id?.kind === 'Installation' && id.apiVersion.startsWith('operator.tigera.io/');
}

/** What is said of it: what it does not say is the operator's choice. */
export function installationFault(document: SourceDocument): Diagnostic {
  const message =
    "Tigera's operator makes Calico's IPPools of this, and decides by itself what it does not say; import the pools: kubectl get ippools.crd.projectcalico.org -o yaml";
  return diagnostic('MQ803', document.at(['kind']), { message });
}
