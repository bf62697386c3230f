/** A tiny untrained network, frozen to a file, and shells whose output tests can read. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { classifierMetadata } from '@onebit/classify'
import { fashionMnist } from '@onebit/data'
import { freeze } from '@onebit/layers'
import { afterAll } from 'vitest'
import { shapeOf } from '../src/open-graph.ts'
import { composeModel } from '../src/recipe/compose.ts'
import { type LocatedRecipe, readRecipe } from '../src/recipe/read-recipe.ts'
import { runCli } from '../src/run-cli.ts'
import type { TextStream } from '../src/shell.ts'

/** A folder that is removed after the file's tests. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'onebit-cli-'))
  afterAll(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export const TINY_NETWORK = { name: 'resnet-small', width: 8, stages: 2 }

export function tinyRecipe(images = 128): Promise<LocatedRecipe> {
  return readRecipe(undefined, [
    { flag: '--network', path: ['model', 'network'], value: TINY_NETWORK },
    { flag: '--limit', path: ['dataset', 'limit'], value: images },
    { flag: '--epochs', path: ['training', 'epochs'], value: 1 },
  ])
}

/** Writes the untrained network and returns the file's path. */
export async function tinyFile(folder: string): Promise<string> {
  const recipe = await tinyRecipe()
  const model = await composeModel(recipe, await shapeOf(recipe))
  const file = join(folder, 'tiny.safetensors')
  await freeze(model, { metadata: classifierMetadata(await fashionMnist()) }).save(file)
  model.dispose()
  return file
}

class Recorder implements TextStream {
  text = ''
  write(text: string): void {
    this.text += text
  }
}

export interface CliResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The command line in this process. */
export async function onebit(...argv: string[]): Promise<CliResult> {
  const stdout = new Recorder()
  const stderr = new Recorder()
  const code = await runCli(argv, { stdout, stderr })
  return { code, stdout: stdout.text, stderr: stderr.text }
}
