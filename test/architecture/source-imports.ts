/**
 * The imports of a source file, from TypeScript's own parser: static, re-exported and dynamic ones. Marks those of types only.
 */
import ts from 'typescript'

export interface SourceImport {
  /** The specifier in the source: `./graph.ts`, `@onebit/core`. */
  readonly specifier: string
  /** True if only types are imported, so that nothing remains at run time. */
  readonly typeOnly: boolean
  /** Line number, from 1. */
  readonly line: number
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) {
    if (node.isTypeOnly) return true
    const { exportClause } = node
    if (!exportClause || !ts.isNamedExports(exportClause)) return false
    return exportClause.elements.length > 0 && exportClause.elements.every((element) => element.isTypeOnly)
  }
  const { importClause } = node
  if (!importClause) return false
  if (importClause.isTypeOnly) return true
  const { name, namedBindings } = importClause
  if (name || !namedBindings || !ts.isNamedImports(namedBindings)) return false
  return namedBindings.elements.length > 0 && namedBindings.elements.every((element) => element.isTypeOnly)
}

/** @param path The file's name in TypeScript's messages. It has no other use. */
export function sourceImports(path: string, text: string): SourceImport[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true)
  const found: SourceImport[] = []
  const add = (node: ts.Node, specifier: ts.Expression | undefined, typeOnly: boolean): void => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return
    found.push({ specifier: specifier.text, typeOnly, line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1 })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, isTypeOnly(node))
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node, node.arguments[0], false)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node, node.argument.literal as ts.StringLiteral, true)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}
