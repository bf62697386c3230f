/** Reads and compiles the kernels' WebAssembly, in Node, in browsers, or from the caller's module. */
import { BackendUnsupportedError, bytesOf, describeValue, tagOf, type ValueRule, type Web } from '@onebit/core'

/** A compiled module, its bytes, or its URL. */
export type ModuleSource = CompiledModule | Uint8Array | ArrayBuffer | SharedArrayBuffer | Web<'URL'>

/** `WebAssembly.Module`, if a project has the type. */
type CompiledModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } } ? Module : never

/** The rule of a `module` option. It also accepts values from another realm. */
export const moduleRule: ValueRule = (value) => {
  if (isModule(value) || isUrl(value) || bytesOf(value)) return undefined
  const address = typeof value === 'string' ? `: new URL(${describeValue(value)}, document.baseURI)` : ''
  return { at: '', expected: `a WebAssembly.Module, its bytes or its URL${address}`, received: describeValue(value) }
}

/** Not a type guard, because to the compiler a URL is a Module too. */
function isModule(value: unknown): boolean {
  return tagOf(value) === 'WebAssembly.Module'
}

function isUrl(value: unknown): value is URL {
  return tagOf(value) === 'URL'
}

/** Node's file system in Node. It is looked up at run time, so bundlers for browsers see no import. */
function nodeFiles(): typeof import('node:fs/promises') | undefined {
  return globalThis.process?.getBuiltinModule?.('node:fs/promises')
}

async function fetchModule(url: string): Promise<WebAssembly.Module> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url} answered with status ${response.status}`)
  // Engines refuse any other spelling of the type, such as one with a charset.
  const streamable = response.headers.get('content-type') === 'application/wasm'
  return streamable ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer())
}

async function compileFrom(source: ModuleSource): Promise<WebAssembly.Module> {
  if (isModule(source)) return source as WebAssembly.Module
  if (!isUrl(source)) return WebAssembly.compile(bytesOf(source) as BufferSource)
  const { href } = source
  const files = source.protocol === 'file:' ? nodeFiles() : undefined
  // Node accepts only a URL of this realm.
  return files ? WebAssembly.compile(await files.readFile(new URL(href))) : fetchModule(href)
}

/** Advice by the engine's message. */
function advice(message: string): string {
  if (/unsafe-eval|Content Security Policy/i.test(message)) {
    return "The page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src, or use the reference backend."
  }
  return 'Serve wasm/kernels.wasm beside the package, or pass wasm({ module }) its bytes, its WebAssembly.Module or its URL.'
}

/**
 * @throws BackendUnsupportedError if the module cannot be read or compiled.
 */
export async function loadModule(source: ModuleSource): Promise<WebAssembly.Module> {
  try {
    return await compileFrom(source)
  } catch (cause) {
    const received = cause instanceof Error ? cause.message : String(cause)
    throw new BackendUnsupportedError(
      {
        what: `The WebAssembly kernels could not be loaded${isUrl(source) ? ` from ${source.href}` : ''}.`,
        received,
        fix: advice(received),
      },
      { cause },
    )
  }
}
