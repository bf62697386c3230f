/** Measures a loaded network by its task, on prepared pictures. */
import {
  type AnyFacts,
  type LoadedNetwork,
  type MetricInfo,
  type MetricTable,
  type OutputValues,
  splitOutputs,
  type TaskRuntime,
} from '@onebit/core'
import type { Batch } from '@onebit/data'
import { mirrored } from '@onebit/image'

export interface Measurement {
  readonly count: number
  readonly metrics: readonly MetricInfo[]
  /** By the metric's name. */
  readonly values: Readonly<Record<string, number>>
  readonly tables: readonly MetricTable[]
}

/** Options of a measurement. */
export interface MeasureOptions {
  /** Uses the mean of a picture's outputs and those of its mirror image. The runtime has `mirrorOutputs`. */
  readonly flipTest?: boolean
  /** Called with the number of pictures seen so far. It may throw to stop. */
  onProgress(seen: number): void | Promise<void>
}

/** The mean of both outputs. */
function meanOf(own: OutputValues, other: OutputValues): OutputValues {
  const mean = ([name, { shape, data }]: [string, OutputValues[string]]) => [
    name,
    { shape, data: Float32Array.from(data, (value, index) => (value + other[name].data[index]) / 2) },
  ]
  return Object.fromEntries(Object.entries(own).map(mean))
}

/**
 * @throws OutputError if an output is NaN or infinite.
 */
export async function measureNetwork(
  network: LoadedNetwork,
  runtime: TaskRuntime,
  facts: AnyFacts,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  { flipTest = false, onProgress }: MeasureOptions,
): Promise<Measurement> {
  const sums = runtime.measure(facts)
  const [input] = network.inputs
  const outputsOf = async (images: Float32Array, samples: number): Promise<OutputValues[]> => {
    const results = await network.run({ [input.name]: images }, { validate: false })
    // A backend may use the memory of its outputs again.
    const kept = flipTest ? Object.fromEntries(Object.entries(results).map(([name, values]) => [name, values.slice()])) : results
    return splitOutputs(network, kept, samples)
  }
  let count = 0
  for await (const { images, annotations, placements } of batches) {
    await onProgress(count)
    const outputs = await outputsOf(images, annotations.length)
    const other = flipTest ? await outputsOf(mirrored(images, input.shape), annotations.length) : undefined
    for (const [index, annotation] of annotations.entries()) {
      const seen = other ? meanOf(outputs[index], runtime.mirrorOutputs!(other[index], facts)) : outputs[index]
      sums.add(runtime.decode(seen, facts, placements[index]), annotation)
    }
    count += annotations.length
  }
  await onProgress(count)
  return { count, metrics: runtime.metrics(facts), values: sums.values(), tables: sums.tables?.() ?? [] }
}
