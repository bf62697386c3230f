/** Measures a loaded network by its task, on prepared pictures. */
import type { AnyFacts, LoadedNetwork, MetricInfo, MetricTable, OutputValues, RunOutput, TaskRuntime } from '@onebit/core'
import type { Batch } from '@onebit/data'

export interface Measurement {
  readonly count: number
  readonly metrics: readonly MetricInfo[]
  /** By the metric's name. */
  readonly values: Readonly<Record<string, number>>
  readonly tables: readonly MetricTable[]
}

type Results = Readonly<Record<string, RunOutput>>

/** The outputs of one picture of a batch. */
export function outputsOf({ outputs }: LoadedNetwork, results: Results, index: number): OutputValues {
  return Object.fromEntries(
    outputs.map(({ name, shape }) => {
      const length = shape.reduce((product, side) => product * side, 1)
      return [name, { shape, data: results[name].subarray(index * length, (index + 1) * length) }]
    }),
  )
}

/**
 * @param onProgress Called with the number of pictures seen so far. It may throw to stop.
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
    for (const [index, annotation] of annotations.entries()) {
      sums.add(runtime.decode(outputsOf(network, results, index), facts, placements[index]), annotation)
    }
    count += annotations.length
  }
  await onProgress(count)
  return { count, metrics: runtime.metrics(facts), values: sums.values(), tables: sums.tables?.() ?? [] }
}
