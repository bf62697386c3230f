/** Reads and compiles the kernels' WebAssembly, in Node, in browsers, or from what the caller brings. */
import { BackendUnsupportedError } from '@onebit/core'

/** The module compiled, its bytes, or where to fetch it. */
export type ModuleSource = WebAssembly.Module | Uint8Array | ArrayBuffer | URL

/** Node's file system if this is Node; looked up at run time so that bundlers for browsers see no import. */
function nodeFiles(): typeof import('node:fs/promises') | undefined {
  return globalThis.process?.getBuiltinModule?.('node:fs/promises')
}

async function fetchModule(url: URL): Promise<WebAssembly.Module> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url} answered with status ${response.status}`)
  const streamable = response.headers.get('content-type')?.startsWith('application/wasm')
  return streamable ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer())
}

async function compileFrom(source: ModuleSource): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source
  if (!(source instanceof URL)) return WebAssembly.compile(source as BufferSource)
  const files = source.protocol === 'file:' ? nodeFiles() : undefined
  return files ? WebAssembly.compile(await files.readFile(source)) : fetchModule(source)
}

/**
 * @throws BackendUnsupportedError if the module cannot be read or compiled.
 */
export async function loadModule(source: ModuleSource): Promise<WebAssembly.Module> {
  try {
    return await compileFrom(source)
  } catch (cause) {
    throw new BackendUnsupportedError(
      {
        what: `The WebAssembly kernels could not be loaded${source instanceof URL ? ` from ${source}` : ''}.`,
        received: cause instanceof Error ? cause.message : String(cause),
        fix: 'Serve wasm/kernels.wasm beside the package, or pass wasm({ module }) its bytes, its WebAssembly.Module or its URL.',
      },
      { cause },
    )
  }
}
