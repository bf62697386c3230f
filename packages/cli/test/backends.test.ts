/** `--backend auto` and `--backend webgpu`, where the only adapter is software. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { blankPicture, encodePng } from '@onebit/image'
import { beforeAll, describe, expect, it } from 'vitest'
import { adapterMissing } from '../../../test/adapter.ts'
import { onebit, temporaryFolder, tinyFile } from './support.ts'

let file: string
let picture: string
beforeAll(async () => {
  const folder = await temporaryFolder()
  file = await tinyFile(folder)
  picture = join(folder, 'picture.png')
  await writeFile(picture, encodePng(blankPicture(28, 28, 1, 40)))
})

const skip = adapterMissing !== undefined && process.env.ONEBIT_REQUIRE_OPTIONAL !== '1'

describe.skipIf(skip)(`with a software adapter${skip ? ` (skipped: ${adapterMissing})` : ''}`, () => {
  const commands = () => ({
    run: ['run', file, picture],
    eval: ['eval', file, '--limit', '16'],
    summary: ['summary', file],
    bench: ['bench', file, '--runs', '1'],
  })

  it.each(['run', 'eval', 'summary', 'bench'] as const)('%s --backend auto passes it over, and says why', async (name) => {
    const { code, stderr, stdout } = await onebit(...commands()[name], '--backend', 'auto', '--json')
    expect([code, stderr]).toEqual([0, expect.stringMatching(/'webgpu' does not run this here: .* is software/)])
    expect(stderr).toContain("The backend is 'wasm:threads=auto'.")
    expect(stdout).toContain('wasm:threads=auto')
  })

  it.each(['run', 'eval', 'summary', 'bench'] as const)('%s --backend webgpu runs there', async (name) => {
    const { code, stderr, stdout } = await onebit(...commands()[name], '--backend', 'webgpu', '--json')
    expect([code, stderr]).toEqual([0, expect.not.stringMatching(/does not run/)])
    expect(stdout).toContain('kernels-webgpu')
  })

  it('all backends give one answer', async () => {
    const answers = await Promise.all(
      ['webgpu', 'auto', 'wasm', 'reference'].map(async (backend) => {
        const { stdout } = await onebit('run', file, picture, '--backend', backend, '--json')
        return (JSON.parse(stdout) as { prediction: unknown }).prediction
      }),
    )
    expect(answers.slice(1)).toEqual([answers[0], answers[0], answers[0]])
  })
})
