import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { FileError } from '@onebit/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type FileServer, sendFile, serve } from '../test/file-server.ts'
import { DownloadError } from './data-error.ts'
import { downloadFile, type FileDownload } from './download-file.ts'
import { Random } from './random.ts'

const random = new Random(1)
const content = Uint8Array.from({ length: 300_000 }, () => random.below(256))
const file = gzipSync(content)
const half = file.length >> 1
const fix = 'Try something else.'

let folder: string
let target: string
let server: FileServer | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onebit-download-'))
  target = join(folder, 'below', 'file.gz')
})
afterEach(async () => {
  await server?.close()
  server = undefined
  await rm(folder, { recursive: true })
})

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

async function download(listener: RequestListener, more: Partial<FileDownload> = {}): Promise<Uint8Array> {
  server = await serve(listener)
  return downloadFile({ url: `${server.address}file.gz`, target, sha256: sha256(content), fix, ...more })
}

async function failure(promise: Promise<unknown>, reason: string): Promise<string> {
  const error = await promise.then(
    () => expect.fail('should not arrive'),
    (thrown) => thrown,
  )
  expect(error).toBeInstanceOf(DownloadError)
  expect(error).toMatchObject({ name: 'DownloadError', reason })
  expect(error.message).toContain(error.file)
  return error.message
}

async function beginPart(bytes: Uint8Array): Promise<void> {
  await mkdir(join(folder, 'below'))
  await writeFile(`${target}.part`, bytes)
}

const names = (): Promise<string[]> => readdir(join(folder, 'below'))

/** The file is there, whole, and nothing else is. */
async function expectArrived(arrived: Uint8Array): Promise<void> {
  expect(Buffer.compare(arrived, content)).toBe(0)
  expect(await names()).toEqual(['file.gz'])
  expect(Buffer.compare(await readFile(target), file)).toBe(0)
}

describe('downloadFile', () => {
  test('downloads, verifies and tells how far it is', async () => {
    const told: [number, number | undefined][] = []
    const arrived = await download((request, response) => sendFile(file, request, response), {
      onBytes: (received, total) => told.push([received, total]),
    })
    await expectArrived(arrived)
    expect(told[0]).toEqual([0, file.length])
    expect(told.at(-1)).toEqual([file.length, file.length])
    const amounts = told.map(([received]) => received)
    expect(amounts).toEqual(amounts.toSorted((a, b) => a - b))
  })

  test('takes a file that is not gzip', async () => {
    const arrived = await download((request, response) => sendFile(content, request, response))
    expect(Buffer.compare(arrived, content)).toBe(0)
  })

  test('resumes a partial file by a range', async () => {
    await beginPart(file.subarray(0, half))
    const told: [number, number | undefined][] = []
    const arrived = await download((request, response) => sendFile(file, request, response), {
      onBytes: (received, total) => told.push([received, total]),
    })
    await expectArrived(arrived)
    expect(server?.ranges).toEqual([`bytes=${half}-`])
    expect(told[0]).toEqual([half, file.length])
    expect(told.at(-1)).toEqual([file.length, file.length])
  })

  test('begins again where the server knows no ranges', async () => {
    await beginPart(file.subarray(0, half))
    await expectArrived(await download((_, response) => response.end(file)))
  })

  test('takes a partial file that is whole already', async () => {
    await beginPart(file)
    await expectArrived(await download((request, response) => sendFile(file, request, response)))
    expect(server?.ranges).toEqual([`bytes=${file.length}-`])
  })

  test('begins again, once, if the resumed file turns out wrong', async () => {
    await beginPart(new Uint8Array(half))
    await expectArrived(await download((request, response) => sendFile(file, request, response)))
    expect(server?.ranges).toEqual([`bytes=${half}-`, undefined])
  })

  test('wrong checksum: nothing is kept', async () => {
    const other = gzipSync(content.subarray(1))
    const message = await failure(
      download((request, response) => sendFile(other, request, response)),
      'checksum',
    )
    expect(message).toContain(sha256(content))
    expect(message).toContain(sha256(content.subarray(1)))
    expect(message).toContain(fix)
    expect(await names()).toEqual([])
  })

  test('a page in place of the file: nothing is kept', async () => {
    await failure(
      download((_, response) => response.end('<html>Please log in</html>')),
      'checksum',
    )
    expect(await names()).toEqual([])
  })

  test('gzip that does not inflate: nothing is kept', async () => {
    const damaged = Uint8Array.from(file)
    damaged[damaged.length - 6] ^= 0xff
    const message = await failure(
      download((request, response) => sendFile(damaged, request, response)),
      'checksum',
    )
    expect(message).toContain('do not inflate')
    expect(await names()).toEqual([])
  })

  test('truncated: what arrived is kept, and the next call continues it', async () => {
    const message = await failure(
      download((_, response) => {
        response.write(file.subarray(0, half)) // Chunked, so that the end comes as a regular one.
        response.end()
      }),
      'truncated',
    )
    expect(message).toContain(`first ${half} bytes`)
    expect(message).toContain(fix)
    expect(await names()).toEqual(['file.gz.part'])
    await server?.close()
    await expectArrived(await download((request, response) => sendFile(file, request, response)))
    expect(server?.ranges).toEqual([`bytes=${half}-`])
  })

  test('interrupted: what arrived is kept, and the next call continues it', async () => {
    const message = await failure(
      download((_, response) => {
        response.writeHead(200, { 'content-length': file.length })
        response.write(file.subarray(0, half), () => setTimeout(() => response.destroy(), 50))
      }),
      'interrupted',
    )
    expect(message).toContain(`Expected ${file.length} bytes, received ${half} bytes.`)
    expect(message).toContain(fix)
    expect(await names()).toEqual(['file.gz.part'])
    await server?.close()
    await expectArrived(await download((request, response) => sendFile(file, request, response)))
    expect(server?.ranges).toEqual([`bytes=${half}-`])
  })

  test('stopped by its caller while bytes arrive', async () => {
    const controller = new AbortController()
    const stopped = download(
      (_, response) => {
        response.writeHead(200, { 'content-length': file.length })
        response.write(file.subarray(0, half))
      },
      { signal: controller.signal, onBytes: (received) => received === half && controller.abort() },
    )
    await failure(stopped, 'aborted')
    expect(await names()).toEqual(['file.gz.part'])
  })

  test('a callback that throws ends the download and frees the connection', async () => {
    let freed = () => {}
    const freedConnection = new Promise<void>((resolve) => {
      freed = resolve
    })
    const failing = download(
      (_, response) => {
        response.on('close', freed)
        response.writeHead(200, { 'content-length': file.length })
        response.write(file.subarray(0, half))
      },
      {
        onBytes: (received) => {
          if (received > 0) throw new RangeError('the bar is full')
        },
      },
    )
    await expect(failing).rejects.toThrow(RangeError)
    await freedConnection
    expect(await names()).toEqual(['file.gz.part'])
  })

  test('stopped by its caller before an answer', async () => {
    const controller = new AbortController()
    await failure(
      download(() => controller.abort(), { signal: controller.signal }),
      'aborted',
    )
    expect(await names()).toEqual([])
  })

  test('404', async () => {
    const message = await failure(
      download((_, response) => response.writeHead(404).end('no such file')),
      'status',
    )
    expect(message).toContain('received 404 Not Found')
    expect(message).toContain(fix)
    expect(await names()).toEqual([])
  })

  test('a failing server leaves the partial file as it was', async () => {
    await beginPart(file.subarray(0, half))
    await failure(
      download((_, response) => response.writeHead(503).end()),
      'status',
    )
    expect((await readFile(`${target}.part`)).length).toBe(half)
  })

  test('connection refused', async () => {
    const closed = await serve(() => {})
    await closed.close()
    const refused = downloadFile({ url: `${closed.address}file.gz`, target, sha256: sha256(content), fix })
    const message = await failure(refused, 'unreachable')
    expect(message).toContain('ECONNREFUSED')
    expect(message).toContain(fix)
    expect(await names()).toEqual([])
  })

  test('a folder that cannot be made', async () => {
    await writeFile(join(folder, 'below'), 'a file in the way')
    const error = await download((request, response) => sendFile(file, request, response)).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(FileError)
    expect(error.message).toContain(`${target}.part`)
  })
})
