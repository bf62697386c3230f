/** Runs the programs of README.md on the built packages, unchanged except for fewer images and epochs. */
import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const unbuilt = readdirSync(join(root, 'packages')).filter((name) => !existsSync(join(root, 'packages', name, 'dist/index.js')))
const skip = unbuilt.length > 0 && process.env.ONEBIT_REQUIRE_OPTIONAL !== '1'
const reason = skip ? ` (skipped: ${unbuilt.join(', ')} not built; run: npm run build)` : ''

describe.skipIf(skip)(`README.md${reason}`, () => {
  /** Inside the repository, so that packages resolve. */
  let folder: string
  let programs: string[]

  beforeAll(async () => {
    folder = await mkdtemp(join(root, 'test/.readme-'))
    const text = await readFile(join(root, 'README.md'), 'utf8')
    programs = Array.from(text.matchAll(/^```ts\n(.*?)^```/gms), ([, program]) => program)
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  async function run(name: string, program: string): Promise<string> {
    await writeFile(join(folder, `${name}.mjs`), program)
    const { stdout } = await promisify(execFile)(process.execPath, [`${name}.mjs`], { cwd: folder })
    return stdout
  }

  test('trains, freezes, and names what it sees', async () => {
    const [train, deploy] = programs
    const quick = train
      .replace('= await fashionMnist()', '= await fashionMnist()\nfor (const part of [data.train, data.test]) part.count = 128')
      .replace(/epochs: \d+/, 'epochs: 1')
    expect(quick).not.toBe(train)
    await run('train', quick)
    expect(await run('deploy', deploy)).toMatch(/label: '[A-Z][\w-]+.*probability.*Float32Array\(10\).*lookup tables|popcount/s)
  })

  test("a quantizer of one's own has the name that it is given", async () => {
    const [, , define] = programs
    const [plain] = define.split('declare module')
    expect(await run('quantizer', `${plain}\nconsole.log(hardSign.name)`)).toBe('hard-sign\n')
  })
})
