/** Measures a loaded network by its task, on prepared pictures. */
import {
  type AnyFacts,
  type LoadedNetwork,
  type MetricInfo,
  type MetricTable,
  splitOutputs,
  type TaskRuntime,
} from '@onebit/core'
import type { Batch } from '@onebit/data'

export interface Measurement {
  readonly count: number
  readonly metrics: readonly MetricInfo[]
  /** By the metric's name. */
  readonly values: Readonly<Record<string, number>>
  readonly tables: readonly MetricTable[]
}

/**
 * @param onProgress Called with the number of pictures seen so far. It may throw to stop.
 * @throws OutputError if an output is NaN or infinite.
 */
export async function measureNetwork(
  network: LoadedNetwork,
  runtime: TaskRuntime,
  facts: AnyFacts,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  onProgress: (seen: number) => void | Promise<void>,
): Promise<Measurement> {
  const sums = runtime.measure(facts)
  const [input] = network.inputs
  let count = 0
  for await (const { images, annotations, placements } of batches) {
    await onProgress(count)
    const results = await network.run({ [input.name]: images }, { validate: false })
    const outputs = splitOutputs(network, results, annotations.length)
    for (const [index, annotation] of annotations.entries()) {
      sums.add(runtime.decode(outputs[index], facts, placements[index]), annotation)
    }
    count += annotations.length
  }
  await onProgress(count)
  return { count, metrics: runtime.metrics(facts), values: sums.values(), tables: sums.tables?.() ?? [] }
}
