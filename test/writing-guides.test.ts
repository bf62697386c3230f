/** Runs the code of the guides to a block, network, distiller, task and backend, under `node --test` on the built packages. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { defineRecipe } from '@onebit/cli'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEditor } from './types/editor.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const isBuilt = existsSync(join(root, 'packages/testkit/dist/index.js'))
if (!isBuilt && process.env.ONEBIT_REQUIRE_OPTIONAL === '1') throw new Error('The packages are not built; run: npm run build')
const title = isBuilt ? 'guides' : 'guides (skipped: the packages are not built; run: npm run build)'

/** The code of a guide: files by the names above them, and code without a name, by language. */
async function codeOf(guide: string): Promise<{ files: Map<string, string>; declarations: string; suite: string }> {
  const text = await readFile(join(root, 'docs', `writing-a-${guide}.md`), 'utf8')
  const blocks = [...text.matchAll(/(?:`([\w.-]+)`[^\n`]*:?\n\n)?```(js|ts)\n([\s\S]*?)```/g)]
  const files = new Map(blocks.flatMap(([, name, , code]) => (name === undefined ? [] : [[name, code] as const])))
  const unnamed = (language: string): string =>
    blocks
      .filter(([, name, found]) => name === undefined && found === language)
      .map(([, , , code]) => code)
      .join('\n')
  return { files, declarations: unnamed('ts'), suite: unnamed('js') }
}

describe.skipIf(!isBuilt)(title, () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onebit-guides-'))
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  })
  afterAll(() => rm(folder, { recursive: true }))

  async function nodeTest(file: string): Promise<void> {
    const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env
    const { stdout } = await promisify(execFile)(process.execPath, ['--test', file], { cwd: folder, env, maxBuffer: 1e8 })
    expect(stdout).toMatch(/^. pass [1-9]\d*$/m)
    expect(stdout).toMatch(/^. fail 0$/m)
  }

  test.each([
    ['block', 'normalized-block'],
    ['network', 'two-stages'],
    ['distiller', 'channel-matching'],
    ['backend', 'counting-backend'],
  ])(
    'a %s',
    async (guide, name) => {
      const { files } = await codeOf(guide)
      expect([...files.keys()]).toEqual([`${name}.js`, `${name}.test.js`])
      for (const [file, code] of files) await writeFile(join(folder, file), code)
      await nodeTest(`${name}.test.js`)
    },
    180_000,
  )

  test('the recipe of a distiller, as it stands there', async () => {
    const { files } = await codeOf('distiller')
    await writeFile(join(folder, 'recipe-of-a-distiller.mjs'), files.get('channel-matching.js')!)
    const { default: plugins } = await import(join(folder, 'recipe-of-a-distiller.mjs'))
    const text = await readFile(join(root, 'docs/writing-a-distiller.md'), 'utf8')
    const [, recipe] = text.match(/```json\n([\s\S]*?)```/)!
    expect(defineRecipe(JSON.parse(recipe), plugins).recipe.stages).toHaveLength(2)
  })

  test('a task: the example, to the letter', async () => {
    const example = join(root, 'examples/counting-task')
    const { files, suite } = await codeOf('task')
    expect([...files.keys()]).toEqual(['counting.mjs', 'head.mjs', 'runtime.mjs'])
    for (const [file, code] of files) {
      expect(code, file).toBe(await readFile(join(example, file), 'utf8'))
      await cp(join(example, file), join(folder, file))
    }
    await writeFile(join(folder, 'counting.test.js'), suite)
    await nodeTest('counting.test.js')
  }, 180_000)

  test('their declarations make the names complete', async () => {
    const uses: Readonly<Record<string, string>> = {
      block: "const it: BlockReference = { name: 'normalized-block', momentum: 0.5 }",
      network: "const it: NetworkReference = { name: 'two-stages', outputStride: 8 }",
      distiller: "const it: DistillerReference = { name: 'channel-matching', scale: 2 }",
      backend: "const it: BackendReference = { name: 'counting', quiet: true }",
      task: "const it: readonly [TaskReference, HeadReference, LossReference] = ['counting', 'count', 'absolute-error']",
    }
    const editor = openEditor()
    for (const [guide, use] of Object.entries(uses)) {
      const { declarations } = await codeOf(guide)
      const names =
        'BackendReference, BlockReference, DistillerReference, HeadReference, LossReference, NetworkReference, TaskReference'
      const text = `import type { ${names} } from '@onebit/core'\n${declarations}\n`
      expect(editor.errors(`${text}${use}\n`), guide).toEqual([])
      expect(editor.errors(`import type { ${names} } from '@onebit/core'\n${use}\n`), guide).not.toEqual([])
    }
  }, 120_000)
})
