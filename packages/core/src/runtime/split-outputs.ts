/** Splits the results of a batch into the outputs of each sample. Every prediction and metric goes through here. */
import type { RunOutput } from '../contracts/kernel-backend.ts'
import type { OutputValues } from '../contracts/task.ts'
import { OutputError } from '../errors.ts'
import { elementCount } from '../graph/value-type.ts'
import { checkArguments } from '../options/check-options.ts'
import { integer, list, object, rule, text } from '../options/value-rules.ts'
import type { LoadedNetwork } from './load.ts'

const whole = integer({ minimum: 0 })
// Each sample has at least one value, so results of the right length also bound the batch.
const networkRule = object({ outputs: list(object({ name: text, shape: list(integer({ minimum: 1 })) }), { minimum: 1 }) })
const valuesRule = (length: number) =>
  rule(`a typed array of ${length} values`, (value) => ArrayBuffer.isView(value) && 'length' in value && value.length === length)

function requireFinite(name: string, values: RunOutput, sample: number): void {
  const index = values.findIndex((value) => !Number.isFinite(value))
  if (index < 0) return
  throw new OutputError({
    what: `The network's output '${name}' is not finite for sample ${sample} of the batch.`,
    expected: 'finite numbers',
    received: `${values[index]} at index ${index}`,
    fix: 'Its training diverged, or its inputs have another scale: train it again, or check the normalization.',
  })
}

/**
 * The outputs of each sample of a batch, for a task to decode. They share memory with the results.
 * @param network The network that computed the results, or its `outputs` alone.
 * @param results The result of `network.run`: `samples x shape` values for each output.
 * @throws OptionError if the results do not fit the network and the batch; OutputError if a value is NaN or infinite.
 */
export function splitOutputs(
  network: Pick<LoadedNetwork, 'outputs'>,
  results: Readonly<Record<string, RunOutput>>,
  samples: number,
): OutputValues[] {
  checkArguments('splitOutputs()', { network: [network, networkRule], samples: [samples, whole] })
  const outputs = network.outputs.map(({ name, shape }) => ({ name, shape, length: elementCount(shape) }))
  const resultRules = Object.fromEntries(outputs.map(({ name, length }) => [name, valuesRule(samples * length)]))
  checkArguments('splitOutputs()', { results: [results, object(resultRules)] })
  return Array.from({ length: samples }, (_, sample) =>
    Object.fromEntries(
      outputs.map(({ name, shape, length }) => {
        const data = results[name].subarray(sample * length, (sample + 1) * length)
        requireFinite(name, data, sample)
        return [name, { shape, data }]
      }),
    ),
  )
}
