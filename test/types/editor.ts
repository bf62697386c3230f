/** An editor's completions and errors, from the compiler's language service on one file in memory. */
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../../', import.meta.url))
const file = `${root}test/types/in-memory.ts`

export interface Editor {
  /** Completions at the caret of the text, `|`. */
  completions(text: string): string[]
  /** The errors of a text: a sentence each, and the line, from 0. */
  errors(text: string): { readonly line: number; readonly message: string }[]
}

/** Starts once and then takes one text after another, so that the packages are read once. */
export function openEditor(): Editor {
  const { config } = ts.readConfigFile(`${root}tsconfig.base.json`, ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  // Texts are examples, which need not use all of their imports.
  const settings = { ...options, noUnusedLocals: false }
  let text = ''
  let version = 0
  const service = ts.createLanguageService({
    getCompilationSettings: () => settings,
    getScriptFileNames: () => [file],
    getScriptVersion: (name) => (name === file ? `${version}` : '0'),
    getScriptSnapshot: (name) => {
      const content = name === file ? text : ts.sys.readFile(name)
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content)
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: (name) => (name === file ? text : ts.sys.readFile(name)),
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  })
  const show = (next: string): void => {
    text = next
    version++
  }
  return {
    completions(marked) {
      const caret = marked.indexOf('¦')
      show(marked.slice(0, caret) + marked.slice(caret + 1))
      return (service.getCompletionsAtPosition(file, caret, {})?.entries ?? []).map(({ name }) => name)
    },
    errors(next) {
      show(next)
      return [...service.getSyntacticDiagnostics(file), ...service.getSemanticDiagnostics(file)].map(
        ({ messageText, file: source, start }) => ({
          line: source!.getLineAndCharacterOfPosition(start!).line,
          message: ts.flattenDiagnosticMessageText(messageText, ' '),
        }),
      )
    },
  }
}
