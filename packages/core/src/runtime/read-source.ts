/** Reads the bytes of a model from any source. */

import { FileError, OnebitError } from '../errors.ts'
import { checkLimit, completeLimits, limitRules, type ModelLimits } from '../model-file/model-limits.ts'
import { checkOptions } from '../options/check-options.ts'
import { describeValue } from '../options/describe-value.ts'
import { callback, signal, type ValueRules } from '../options/value-rules.ts'
import { fileError, hasFiles, nodeBuiltin } from '../platform/node-builtins.ts'
import { bytesOf, tagOf } from '../platform/realms.ts'
import type { Web, WebSignal } from '../platform/web-types.ts'

/**
 * A URL; in Node a path; in a page an address, which may be relative to the page; or bytes in any form. A page refers to a file on the
 * disk by a `file:` URL, also a page that a test runner simulates.
 */
export type ModelSource = string | ArrayBuffer | SharedArrayBuffer | Uint8Array | Web<'URL'> | Web<'Blob'> | Web<'Response'>

export interface ReadOptions {
  /** Stops the reading; the promise rejects with the signal's reason. */
  readonly signal?: WebSignal
  /** Called as bytes arrive. `total` is absent if a server does not state it or states an impossible one. */
  onProgress?(progress: { readonly loaded: number; readonly total?: number }): void
  /** Limits of the model's cost, if the defaults are too low: bytes of its file, nodes, memory and work. */
  readonly limits?: Partial<ModelLimits>
}

/** Rules of `ReadOptions`, for functions with further options. */
export const readRules: ValueRules<keyof ReadOptions> = { signal, onProgress: callback, limits: limitRules }

const CHUNK = 1 << 20

/** Gathers chunks and reports its progress. */
class Gatherer {
  readonly #chunks: Uint8Array[] = []
  readonly #options: ReadOptions
  readonly #total: number | undefined
  loaded = 0

  /** @param total Number of bytes that the source states. @throws LimitError if that is too many. */
  constructor(total: number | undefined, options: ReadOptions) {
    this.#total = total
    this.#options = options
    if (total !== undefined) this.#check(total)
  }

  #check(bytes: number): void {
    checkLimit('fileBytes', bytes, completeLimits(this.#options.limits))
  }

  /** @throws LimitError if there are too many bytes, whatever the source stated. */
  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.loaded += chunk.length
    this.#check(this.loaded)
    const isTrue = this.#total !== undefined && this.#total >= this.loaded
    this.#options.onProgress?.({ loaded: this.loaded, total: isTrue ? this.#total : undefined })
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(this.loaded)
    let at = 0
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at)
      at += chunk.length
    }
    return bytes
  }
}

/** @throws FileError if the stream breaks off; any error that `options` throw. */
async function readStream(
  stream: ReadableStream<Uint8Array>,
  name: string,
  total: number | undefined,
  options: ReadOptions,
): Promise<Uint8Array> {
  const gatherer = new Gatherer(total, options)
  const reader = stream.getReader()
  const next = async (): Promise<ReadableStreamReadResult<Uint8Array>> => {
    try {
      return await reader.read()
    } catch (error) {
      options.signal?.throwIfAborted()
      const share = total === undefined ? `${gatherer.loaded}` : `${gatherer.loaded} of ${total}`
      const reason = (error as Error | undefined)?.message ?? String(error)
      throw new FileError(
        { what: `${name} broke off after ${share} bytes.`, received: reason, fix: 'Check the connection and try again.' },
        { cause: error },
      )
    }
  }
  try {
    for (let part = await next(); !part.done; part = await next()) {
      options.signal?.throwIfAborted()
      gatherer.add(part.value)
    }
  } catch (error) {
    await reader.cancel().catch(() => undefined)
    throw error
  }
  return gatherer.bytes()
}

/** The length that a server states. Undefined if it states none or an invalid one, or compresses the content. */
function promisedLength({ headers }: Response): number | undefined {
  const stated = headers.has('content-encoding') ? null : headers.get('content-length')
  return stated !== null && /^[1-9][0-9]{0,14}$/.test(stated) ? Number(stated) : undefined
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
  return readStream(response.body, name, promisedLength(response), options)
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

async function readDisk(path: string, options: ReadOptions): Promise<Uint8Array> {
  const { signal } = options
  try {
    const file = await nodeBuiltin('node:fs/promises').open(path)
    try {
      // A pipe or a device has no size, and a file may grow, so this reads until the end.
      const { size } = await file.stat()
      const gatherer = new Gatherer(size > 0 ? size : undefined, options)
      for (;;) {
        signal?.throwIfAborted()
        const left = size - gatherer.loaded
        const chunk = new Uint8Array(left > 0 ? Math.min(CHUNK, left) : CHUNK)
        const { bytesRead } = await file.read(chunk, 0, chunk.length)
        if (bytesRead === 0) return gatherer.bytes()
        gatherer.add(chunk.subarray(0, bytesRead))
      }
    } finally {
      await file.close()
    }
  } catch (error) {
    signal?.throwIfAborted()
    const isSystem = typeof (error as { code?: unknown } | undefined)?.code === 'string'
    throw isSystem && !OnebitError.isInstance(error) ? fileError(`'${path}' could not be read.`, error) : error
  }
}

async function readBlob(blob: Blob, options: ReadOptions): Promise<Uint8Array> {
  // A Blob of jsdom has no stream.
  if (typeof blob.stream === 'function') return readStream(blob.stream(), 'The Blob', blob.size, options)
  const gatherer = new Gatherer(blob.size, options)
  gatherer.add(new Uint8Array(await blob.arrayBuffer()))
  return gatherer.bytes()
}

/** True if the text is an address with a scheme. `C:\model` and `run-10:30/model` are paths. */
function isAddress(text: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]*:\/\/|(?:data|blob|file):)/i.test(text)
}

/** The address of the page, also of one that jsdom or happy-dom simulates. Undefined outside a page and for `file:` pages in Node. */
function pageAddress(): string | undefined {
  const address = (globalThis as { document?: { baseURI?: unknown } }).document?.baseURI
  return typeof address === 'string' && !(address.startsWith('file:') && hasFiles()) ? address : undefined
}

function resolveAddress(text: string, page: string | undefined): string {
  if (page === undefined) return text
  try {
    return new URL(text, page).href
  } catch (error) {
    const fix = 'Give a whole address; for a file on the disk, a file: URL.'
    throw new FileError({ what: `'${text}' is not an address on the page '${page}'.`, fix }, { cause: error })
  }
}

function pathOf(address: string): string {
  try {
    return nodeBuiltin('node:url').fileURLToPath(address)
  } catch (error) {
    throw new FileError(
      { what: `'${address}' is not a file of this machine.`, received: (error as Error).message },
      { cause: error },
    )
  }
}

async function readNamed(text: string, options: ReadOptions): Promise<Uint8Array> {
  if (/^file:/i.test(text) && hasFiles()) return readDisk(pathOf(text), options)
  if (isAddress(text)) return readUrl(text, options)
  const page = pageAddress()
  return page === undefined && hasFiles() ? readDisk(text, options) : readUrl(resolveAddress(text, page), options)
}

/** The name of a source in messages, if it has one. */
export function sourceName(source: ModelSource): string | undefined {
  if (typeof source === 'string') return source
  const tag = tagOf(source)
  if (tag === 'URL') return (source as URL).href
  return tag === 'Response' && (source as Response).url ? (source as Response).url : undefined
}

/**
 * @throws FileError if the source cannot be read, with what to do; LimitError if it is larger than `limits.fileBytes`; OptionError on an
 * option that is unknown or wrong.
 */
export async function readSource(source: ModelSource, given?: ReadOptions): Promise<Uint8Array> {
  const options = checkOptions('readSource()', given, readRules)
  options.signal?.throwIfAborted()
  if (typeof source === 'string') return readNamed(source, options)
  const bytes = bytesOf(source)
  if (bytes) return bytes
  const tag = tagOf(source)
  if (tag === 'URL') return readNamed((source as URL).href, options)
  if (tag === 'Blob' || tag === 'File') return readBlob(source as Blob, options)
  if (tag === 'Response') return readResponse(source as Response, 'The response', options)
  throw new FileError({
    what: 'A model cannot be read from this.',
    expected: 'a path, a URL, an ArrayBuffer, a Uint8Array, a Blob or a Response',
    received: describeValue(source),
  })
}
