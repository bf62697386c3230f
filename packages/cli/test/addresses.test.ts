/** Addresses on the command line: model files and pictures may have one; folders, recipes and what is written are on this machine. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runFile } from '../src/commands/run.ts'
import { readPictureFile } from '../src/picture.ts'
import { onebit, temporaryFolder, tinyFile } from './support.ts'

const folder = await temporaryFolder()
const picture = join(folder, 'gray.png')
let file: string
let server: Server
let address: string

beforeAll(async () => {
  file = await tinyFile(folder)
  await sharp({ create: { width: 28, height: 28, channels: 3, background: '#123456' } })
    .png()
    .toFile(picture)
  const [model, image] = await Promise.all([readFile(file), readFile(picture)])
  const bodies: Readonly<Record<string, Uint8Array>> = { '/model': model, '/gray.png': image, '/text.png': Buffer.from('hello') }
  server = createServer(({ url = '' }, response) => {
    // A length that no picture has, and then nothing.
    if (url === '/huge.png') response.writeHead(200, { 'content-length': 2 ** 40 }).write('x')
    else response.writeHead(url in bodies ? 200 : 404).end(bodies[url])
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

describe('a picture', () => {
  it('has the same prediction at a path, at an address of the web, and as a file: or data: URL', async () => {
    const { rows } = await runFile({ file, image: picture })
    const inline = `data:image/png;base64,${(await readFile(picture)).toString('base64')}`
    for (const image of [`${address}/gray.png`, pathToFileURL(picture).href, inline]) {
      expect((await runFile({ file, image })).rows).toEqual(rows)
    }
    expect((await runFile({ file: `${address}/model`, image: `${address}/gray.png` })).rows).toEqual(rows)
  })

  it.each([
    ['missing.png', /gray|missing\.png' could not be loaded: the server answers 404/],
    ['text.png', /text\.png' could not be decoded as a picture/],
    ['huge.png', /huge\.png' is too large for a picture\. Expected at most 256 MB, received 1,099,511,627,776/],
  ])('at an address is refused as one on the disk: %s', async (name, message) => {
    await expect(readPictureFile(`${address}/${name}`)).rejects.toThrow(message)
  })

  it('on the disk that is not there, or larger than any picture, is refused', async () => {
    await expect(readPictureFile(join(folder, 'none.png'))).rejects.toThrow(/none\.png' could not be read/)
    const large = join(folder, 'large.png')
    await writeFile(large, '')
    const { truncate } = await import('node:fs/promises')
    await truncate(large, 2 ** 29)
    await expect(readPictureFile(large)).rejects.toThrow(/is too large for a picture/)
  })
})

describe('an address in the place of', () => {
  const run = 'packages/cli/test/first-run'
  const place = 'http://127.0.0.1:9/x'
  it.each([
    ['a run to freeze', ['freeze', place, '--out', join(folder, 'x.safetensors')]],
    ['the frozen file', ['freeze', run, '--out', `${place}/y.safetensors`]],
    ['a run to report', ['report', place]],
    ['the report', ['report', run, '--out', 'FILE:///tmp/x.html']],
    ['a drawing', ['run', 'MODEL', picture, '--draw', `${place}.png`]],
    ['a recipe', ['train', `${place}.json`]],
    ['a run folder', ['train', 'bi-real', '--out', `s3://bucket/run`]],
    ['a run to resume', ['train', '--resume', place]],
    ['a folder of pictures', ['eval', 'MODEL', '--data', 'image-folder', '--data-folder', place]],
  ])('%s is refused before anything is written', async (_, words) => {
    const before = await readdir('.')
    const { code, stderr } = await onebit(...words.map((word) => (word === 'MODEL' ? file : word)))
    expect(code, stderr).toBe(2)
    expect(stderr).toMatch(/a path on this machine, not an address/)
    expect(await readdir('.')).toEqual(before)
  })

  it('nothing: a colon in a path makes no address', async () => {
    await mkdir(join(folder, 'run-10:30'))
    const { stderr } = await onebit('freeze', join(folder, 'run-10:30'))
    expect(stderr).toMatch(/There is no run in/)
  })
})
