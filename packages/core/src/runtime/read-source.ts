/** The bytes of a model, from wherever it is. */
import { FileError } from '../errors.ts'
import type { ModelLimits } from '../model-file/model-limits.ts'
import { fileError, hasFiles, nodeBuiltin } from './node-builtins.ts'

/** A path (in Node), a URL, or the bytes in any of their forms. */
export type ModelSource = string | URL | ArrayBuffer | Uint8Array | Blob | Response

export interface ReadOptions {
  /** Stops the reading; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Called as bytes arrive. `total` is absent where a server does not tell. */
  onProgress?(progress: { readonly loaded: number; readonly total?: number }): void
  /** What the model may cost, where the defaults are too low for it: the bytes of its file, its nodes, memory and work. */
  readonly limits?: Partial<ModelLimits>
}

const CHUNK = 1 << 20

/** Joins a stream's chunks; `total` is what the server promises. */
async function readStream(
  stream: ReadableStream<Uint8Array>,
  total: number | undefined,
  options: ReadOptions,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let loaded = 0
  const reader = stream.getReader()
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      options.signal?.throwIfAborted()
      chunks.push(part.value)
      loaded += part.value.length
      options.onProgress?.({ loaded, total })
    }
  } catch (error) {
    await reader.cancel().catch(() => undefined)
    throw error
  }
  const bytes = new Uint8Array(loaded)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

async function readResponse(response: Response, name: string, options: ReadOptions): Promise<Uint8Array> {
  if (!response.ok) {
    throw new FileError({
      what: `${name} could not be loaded: the server answers ${response.status}${response.statusText && ` ${response.statusText}`}.`,
      fix: response.status === 404 ? 'Check the address.' : 'Try again later, or check who may read it.',
    })
  }
  if (response.bodyUsed) throw new FileError({ what: `${name} was read before.`, fix: 'Pass a clone of the response.' })
  if (!response.body) return new Uint8Array(0)
  const length = response.headers.has('content-encoding') ? null : response.headers.get('content-length')
  return readStream(response.body, length === null ? undefined : Number(length), options)
}

async function readUrl(url: string, options: ReadOptions): Promise<Uint8Array> {
  let response: Response
  try {
    response = await fetch(url, { signal: options.signal })
  } catch (error) {
    options.signal?.throwIfAborted()
    const reason = (error as { cause?: Error }).cause?.message ?? (error as Error).message
    throw new FileError(
      {
        what: `'${url}' could not be reached.`,
        received: reason,
        fix: 'Check the address, the connection and, in a browser, CORS.',
      },
      { cause: error },
    )
  }
  return readResponse(response, `'${url}'`, options)
}

async function readDisk(path: string, { signal, onProgress }: ReadOptions): Promise<Uint8Array> {
  try {
    const file = await nodeBuiltin('node:fs/promises').open(path)
    try {
      const { size: total } = await file.stat()
      const bytes = new Uint8Array(total)
      let loaded = 0
      while (loaded < total) {
        signal?.throwIfAborted()
        const { bytesRead } = await file.read(bytes, loaded, Math.min(CHUNK, total - loaded))
        if (bytesRead === 0) break
        loaded += bytesRead
        onProgress?.({ loaded, total })
      }
      return bytes.subarray(0, loaded)
    } finally {
      await file.close()
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw FileError.isInstance(error) ? error : fileError(`'${path}' could not be read.`, error)
  }
}

/** Whether the text is an address with a scheme, and not a path (of which `C:\` is one). */
function isAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(text)
}

/** What messages call a source, where it has a name. */
export function sourceName(source: ModelSource): string | undefined {
  if (typeof source === 'string') return source
  if (source instanceof URL) return source.href
  return typeof Response !== 'undefined' && source instanceof Response && source.url !== '' ? source.url : undefined
}

/**
 * @throws FileError if the source cannot be read, with what to do.
 */
export async function readSource(source: ModelSource, options: ReadOptions = {}): Promise<Uint8Array> {
  options.signal?.throwIfAborted()
  if (typeof source === 'string' || source instanceof URL) {
    const text = String(source)
    if (text.startsWith('file:') && hasFiles()) return readDisk(nodeBuiltin('node:url').fileURLToPath(text), options)
    return source instanceof URL || isAddress(text) || !hasFiles() ? readUrl(text, options) : readDisk(text, options)
  }
  if (source instanceof Uint8Array) return source
  if (source instanceof ArrayBuffer) return new Uint8Array(source)
  if (typeof Blob !== 'undefined' && source instanceof Blob) return readStream(source.stream(), source.size, options)
  if (typeof Response !== 'undefined' && source instanceof Response) return readResponse(source, 'The response', options)
  throw new FileError({
    what: 'A model cannot be read from this.',
    expected: 'a path, a URL, an ArrayBuffer, a Uint8Array, a Blob or a Response',
    received: Object.prototype.toString.call(source),
  })
}
