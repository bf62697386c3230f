/** Checks that a frozen file and a data set fit together, before anything is downloaded or decoded. */
import { type AnyFacts, formatShape, type LoadedNetwork, OnebitError, sameShape, type TaskRuntime } from '@onebit/core'
import type { DatasetPlugin, DatasetShape } from '@onebit/data'
import { UsageError } from '../errors.ts'

const trainedOn = ({ metadata }: LoadedNetwork): string | undefined =>
  metadata.dataset && `It was trained on ${metadata.dataset}.`

/** Shapes of the outputs by name. */
function outputShapes({ outputs }: LoadedNetwork): Record<string, readonly number[]> {
  return Object.fromEntries(outputs.map(({ name, shape }) => [name, shape]))
}

/** @throws UsageError if the network has another input, or if its outputs do not fit these facts. */
export function checkShape(
  network: LoadedNetwork,
  file: string,
  { name }: DatasetPlugin,
  shape: DatasetShape,
  runtime: TaskRuntime,
): void {
  const { inputs } = network
  const what = `'${file}' does not fit ${name}.`
  if (inputs.length !== 1 || !sameShape(inputs[0].shape, shape.input)) {
    throw new UsageError({
      what,
      expected: `one input of ${formatShape(shape.input)}`,
      received: inputs.map(({ shape }) => formatShape(shape)).join(' and '),
      fix: trainedOn(network),
    })
  }
  try {
    runtime.complete(shape.facts, outputShapes(network))
  } catch (error) {
    if (!OnebitError.isInstance(error)) throw error
    const { expected, received } = error.parts
    throw new UsageError({ what: `${what} ${error.parts.what}`, expected, received, fix: trainedOn(network) }, { cause: error })
  }
}

interface Difference {
  readonly path: string
  readonly ofFile: unknown
  readonly ofData: unknown
}

function firstDifference(ofFile: unknown, ofData: unknown, path: string): Difference | undefined {
  if (JSON.stringify(ofFile) === JSON.stringify(ofData)) return undefined
  const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
  if (!isObject(ofFile) || !isObject(ofData)) return { path, ofFile, ofData }
  for (const key of new Set([...Object.keys(ofFile), ...Object.keys(ofData)])) {
    const place = Array.isArray(ofFile) ? `${path}[${key}]` : path ? `${path}.${key}` : key
    const found = firstDifference(ofFile[key], ofData[key], place)
    if (found) return found
  }
  return undefined
}

/** @throws UsageError if the data contradicts facts of the file, for example with other class names or another order. */
export function checkFacts(stated: Partial<AnyFacts>, facts: AnyFacts, file: string, name: string): void {
  for (const [key, value] of Object.entries(stated)) {
    const difference = firstDifference(value, facts[key], key)
    if (!difference) continue
    throw new UsageError({
      what: `'${file}' and ${name} disagree on ${key}.`,
      expected: `${JSON.stringify(difference.ofFile) ?? 'nothing'} as ${difference.path}`,
      received: JSON.stringify(difference.ofData) ?? 'nothing',
      fix: 'Evaluate it on the data that it was trained on.',
    })
  }
}
