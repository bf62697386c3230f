/** Runs every sample of docs/training.md except those that install packages, with fewer images and epochs. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkPlan } from '../src/recipe/check-plan.ts'
import { trainableStages } from '../src/recipe/losses.ts'
import { defineRecipe } from '../src/recipe/read-recipe.ts'
import type { Recipe } from '../src/recipe/recipe.ts'
import { SHIPPED_RECIPES } from '../src/shipped-recipes.ts'
import { onebit, TINY_NETWORK } from './support.ts'

const guide = await readFile(fileURLToPath(new URL('../../../docs/training.md', import.meta.url)), 'utf8')
const samples = (language: string): string[] =>
  Array.from(guide.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms')), ([, text]) => text)

/** The folder is inside the package, so that its dependencies resolve. */
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(fileURLToPath(new URL('.guide-', import.meta.url)))
  await mkdir(join(folder, 'runs'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A quick version of a recipe. */
function shortened(recipe: Recipe): Recipe {
  const stages = recipe.stages?.map((stage) => ({ ...stage, epochs: 1, warmUp: stage.warmUp && 0.5 }))
  return {
    ...recipe,
    dataset: { ...recipe.dataset, limit: 32, batch: 16 },
    model: { ...recipe.model, network: TINY_NETWORK },
    training: { ...recipe.training, ...(stages ? {} : { epochs: 1 }) },
    ...(stages ? { stages } : {}),
  }
}

describe('recipes', () => {
  const model = { network: 'resnet-small', block: 'bi-real' }

  it.each(samples('json').map((text, index) => [index + 1, text] as const))('%i can be trained', async (_, text) => {
    const recipe = defineRecipe({ model, training: { epochs: 1 }, ...JSON.parse(text) })
    checkPlan(recipe)
    await trainableStages(recipe, {
      input: [28, 28, 1],
      facts: { classes: Array.from({ length: 10 }, (_, index) => `${index}`) },
    })
  })
})

describe('commands', () => {
  const lines = samples('sh')
    .flatMap((text) => text.trim().split('\n'))
    .filter((line) => !/^np[mx] /.test(line))

  it('run in the order of the page', { timeout: 120_000 }, async () => {
    const [first, ...others] = samples('json').map((text): Recipe => JSON.parse(text))
    await writeFile(join(folder, 'recipe.json'), JSON.stringify(shortened(first)))
    await writeFile(join(folder, 'staged.json'), JSON.stringify(shortened(others.find(({ stages }) => stages)!)))
    const staged = `onebit train staged.json --out runs/staged-recipe`
    for (const line of [...lines, staged]) {
      const [command, ...words] = line.replace(/\s+[#>].*/, '').split(/\s+/)
      expect(command).toBe('onebit')
      const argv = words.map((word) => (/^runs\/|\.json$/.test(word) ? join(folder, word) : word))
      if (argv[0] === 'train' && !argv.includes('--resume')) argv.push('--limit', '32')
      // Stages of a built-in recipe have their own epochs, so its network is made small instead.
      if (SHIPPED_RECIPES.includes(argv[1])) argv.push('--network', 'resnet-small:width=8,stages=2')
      else if (argv[0] === 'train' && !argv.includes('--resume')) argv.push('--epochs', '1')
      if (line === staged) argv.splice(-2)
      if (argv[0] === 'eval') argv.push('--limit', '32')
      const { code, stderr } = await onebit(...argv)
      expect({ line, code, stderr: code === 0 ? '' : stderr }).toEqual({ line, code: 0, stderr: '' })
    }
  })
})

it('programs run, one after the other, with the built packages', { timeout: 120_000 }, async () => {
  const program = samples('ts')
    .join('\n')
    .replaceAll("'runs/", `'${folder}/runs/`)
    .replace('await fashionMnist()', 'shorten(await fashionMnist())')
    .replaceAll(/epochs: \d+/g, 'epochs: 1')
    .replaceAll('batchSize: 64', 'batchSize: 16')
    .replaceAll("'resnet-small'", JSON.stringify(TINY_NETWORK))
  const outfile = join(folder, 'program.mjs')
  const print = 'console.log(JSON.stringify({ accuracy, epochs: staged.result.epochs.length }))'
  await build({
    stdin: {
      contents: `import { shorten } from '../shorten.ts'\n${program}\n${print}\n`,
      loader: 'ts',
      resolveDir: folder,
    },
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
  })
  // The program runs completely on the built packages, as for a reader, because the scripts of training threads are files of a
  // build.
  const { stdout } = await promisify(execFile)(process.execPath, [outfile], { env: { ...process.env, NODE_OPTIONS: '' } })
  const { accuracy, epochs } = JSON.parse(stdout.trim().split('\n').at(-1)!)
  expect(accuracy).toBeGreaterThanOrEqual(0)
  expect(epochs).toBe(2)
  expect(await readFile(join(folder, 'runs/report.html'), 'utf8')).toContain('</html>')
})
