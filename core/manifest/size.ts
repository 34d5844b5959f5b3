/** The most bytes that an API server takes as the data of one ConfigMap. Source: Kubernetes' page "ConfigMaps". */
const MOST = 1024 * 1024;

/** What is wrong with texts that are to be the data of one ConfigMap; undefined when it holds them. */
export function sizeFault(texts: readonly string[]): string | undefined {
  const signs = texts.reduce((sum, text) => sum + text.length, 0);
  // No text has more than three bytes for each of its units.
  if (3 * signs <= MOST) return undefined;
  const bytes = texts.reduce((sum, text) => sum + bytesOf(text), 0);
  return bytes <= MOST ? undefined : `${bytes} bytes, and Kubernetes takes no ConfigMap of more than ${MOST}`;
}

/** How long a text is in UTF-8. */
function bytesOf(text: string): number {
  const two = text.match(/[\u0080-\u07ff\ud800-\udfff]/g)?.length ?? 0;
  const three = text.match(/[\u0800-\ud7ff\ue000-\uffff]/g)?.length ?? 0;
  return text.length + two + 2 * three;
}
