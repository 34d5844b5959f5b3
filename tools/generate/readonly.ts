import ts from 'typescript';

/** Makes every property, index signature and array type of a TypeScript text read-only; all else stays as it is. */
export function addReadonly(text: string): string {
  const file = ts.createSourceFile('types.ts', text, ts.ScriptTarget.Latest, true);
  const inserts: { at: number; text: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertySignature(node) || ts.isIndexSignatureDeclaration(node)) {
      inserts.push({ at: node.getStart(file), text: 'readonly ' });
    } else if (ts.isArrayTypeNode(node)) {
      const nested = ts.isArrayTypeNode(node.parent);
      inserts.push({ at: node.getStart(file), text: nested ? '(readonly ' : 'readonly ' });
      if (nested) inserts.push({ at: node.getEnd(), text: ')' });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  inserts.reverse().sort((a, b) => b.at - a.at);
  return inserts.reduce((result, { at, text }) => result.slice(0, at) + text + result.slice(at), text);
}
