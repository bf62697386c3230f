/** The built command in a separate process. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readRun } from '@onebit/train'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { freezeRun } from '../src/commands/freeze.ts'
import { Shell } from '../src/shell.ts'
import { temporaryFolder } from './support.ts'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const isBuilt = existsSync(main)
const run = promisify(execFile)
const quiet = new Shell({ stdout: { write() {} }, stderr: { write() {} } })

if (!isBuilt && process.env.ONEBIT_REQUIRE_OPTIONAL === '1') throw new Error(`${main} is missing; run \`turbo build\`.`)

/** Resolves once the child has written `text` to standard error. */
function waitFor(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = ''
    child.stderr!.on('data', (chunk) => {
      seen += chunk
      if (seen.includes(text)) resolve()
    })
    child.on('exit', (code) => reject(new Error(`exited with ${code} before '${text}': ${seen}`)))
  })
}

const title = isBuilt ? 'the built command' : 'the built command (skipped: dist is missing; run `turbo build`)'

describe.skipIf(!isBuilt)(title, async () => {
  const folder = await temporaryFolder()

  it('tells its version and exits with 0', async () => {
    const { stdout } = await run(process.execPath, [main, '--version'])
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it('exits with 2 on a mistake', async () => {
    const error = await run(process.execPath, [main, 'summary', 'resnet19']).catch((caught) => caught)
    expect(error.code).toBe(2)
    expect(error.stderr).toContain("Did you mean 'resnet18'")
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'stops at %s, leaves a run that can be loaded, and exits with 130',
    async (signal) => {
      const out = join(folder, `interrupted-${signal}`)
      const argv = ['train', '--network', 'resnet-small:width=8,stages=2', '--epochs', '1000', '--limit', '640', '--out', out]
      const child = spawn(process.execPath, [main, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
      await waitFor(child, 'epoch 1/1000')
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill(signal)
      expect(await ended).toBe(130)
      expect(await readRun(out)).toMatchObject({ interrupted: true })
      const { file } = await freezeRun({ run: out }, quiet)
      expect(existsSync(file)).toBe(true)
    },
  )

  it.each([
    ['a photograph of 48 megapixels', 'large.jpg', 8000, 6000, 3],
    ['one with alpha', 'alpha.png', 8000, 6000, 4],
    ['a panorama', 'wide.jpg', 48_000, 1000, 3],
    ['a column', 'tall.jpg', 1000, 48_000, 3],
  ] as const)(
    '%s takes the memory of its pixels, and little more',
    { timeout: 60_000 },
    async (_, name, width, height, channels) => {
      const frozen = join(folder, 'first-run.safetensors')
      await freezeRun({ run: fileURLToPath(new URL('first-run', import.meta.url)), out: frozen }, quiet)
      const peakOf = async (path: string): Promise<number> => {
        const told = 'data:text/javascript,process.on("exit",()=>console.error("peak",process.resourceUsage().maxRSS))'
        const { stderr } = await run(process.execPath, ['--import', told, main, 'run', frozen, path])
        return Number(/peak (\d+)/.exec(stderr)![1]) / 1024
      }
      const [large, small] = [join(folder, name), join(folder, 'small.jpg')]
      const background = { r: 80, g: 90, b: 100, alpha: 0.5 }
      await sharp({ create: { width, height, channels, background } }).toFile(large)
      await sharp({ create: { width: 64, height: 48, channels: 3, background } }).toFile(small)
      const pixels = (width * height * channels) / 2 ** 20
      // Megabytes. The decoder keeps some rows beside the pixels.
      expect((await peakOf(large)) - (await peakOf(small))).toBeLessThan(pixels + 100)
    },
  )

  it('trains on two threads from photographs that other threads decode', { timeout: 120_000 }, async () => {
    const photographs = join(folder, 'photographs')
    for (const [label, name] of ['dark', 'light'].entries()) {
      await mkdir(join(photographs, name), { recursive: true })
      for (let image = 0; image < 20; image++) {
        const background = { r: 20 + 200 * label, g: 5 * image, b: 30 }
        await sharp({ create: { width: 24, height: 20, channels: 3, background } }).toFile(
          join(photographs, name, `${image}.jpg`),
        )
      }
    }
    const out = join(folder, 'threads')
    const data = ['--data', 'image-folder', '--data-folder', photographs, '--size', '16', '--batch', '8', '--epochs', '2']
    const argv = [
      'train',
      ...data,
      '--network',
      'resnet-small:width=8,stages=2',
      '--workers',
      '2',
      '--engine',
      'wasm',
      '--out',
      out,
    ]
    await run(process.execPath, [main, ...argv])
    const { engine, epochs, facts } = await readRun(out)
    expect({ facts, epochs: epochs.length }).toEqual({ facts: { classes: ['dark', 'light'] }, epochs: 2 })
    expect(engine).toMatch(/on 2 threads/)
    const { stdout } = await run(process.execPath, [main, 'train', '--resume', out, '--engine', 'wasm'])
    expect(stdout).toContain('saved')
    await run(process.execPath, [main, 'freeze', out, '--out', join(out, 'model.safetensors')])
    const file = join(out, 'model.safetensors')
    const evaluation = await run(process.execPath, [main, 'eval', file, ...data.slice(0, 4), '--json'])
    expect(JSON.parse(evaluation.stdout)).toMatchObject({ count: 4 })
  })

  it('continues an interrupted run with --resume, and refuses another recipe', async () => {
    const out = join(folder, 'resumed')
    const argv = ['train', '--network', 'resnet-small:width=8,stages=2', '--epochs', '4', '--limit', '640', '--out', out]
    const child = spawn(process.execPath, [main, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
    await waitFor(child, 'epoch 1/4')
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGINT')
    expect(await ended).toBe(130)
    const refused = await run(process.execPath, [main, 'train', '--resume', out, '--epochs', '9']).catch((caught) => caught)
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("'--epochs'") })
    await run(process.execPath, [main, 'train', '--resume', out])
    const { interrupted, epochs } = await readRun(out)
    expect({ interrupted, epochs: epochs.length }).toEqual({ interrupted: false, epochs: 4 })
  })
})
