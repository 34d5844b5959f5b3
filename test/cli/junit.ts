import { spawnSync } from 'node:child_process';

/** An element of a parsed XML text. */
export interface Element {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly Element[];
}

const PROGRAM = `
import json, sys, xml.etree.ElementTree as tree
def tell(element):
    return {'tag': element.tag, 'attributes': element.attrib, 'text': element.text or '', 'children': [tell(child) for child in element]}
print(json.dumps(tell(tree.fromstring(sys.stdin.buffer.read()))))
`;

/** Reads XML with Python's parser, which accepts nothing that is not XML. */
export function parseXml(text: string): Element {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', PROGRAM], { input: text, encoding: 'utf8' });
  if (status !== 0) throw new Error(`no XML: ${stderr}\n${text}`);
  return JSON.parse(stdout) as Element;
}
