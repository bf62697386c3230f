/**
 * Flip test. A network sees a picture and its mirror image, and the mean of both outputs is the result. It costs a second run.
 *
 * Newell, Yang, Deng (ECCV 2016), arXiv 1603.06937, section 4.1.
 */
import {
  checkArguments,
  InputError,
  type LoadedNetwork,
  type OutputValues,
  type RunInputs,
  type RunOutput,
  rules,
  splitOutputs,
  type TaskRuntime,
} from '@onebit/core'
import * as argument from './argument-rules.ts'
import { mirrored } from './mirrored.ts'

const runtimeRule = rules.object({ name: rules.text, mirrorOutputs: rules.optional(rules.callback) })

function valuesOf(input: unknown): ArrayLike<number> {
  if (ArrayBuffer.isView(input) || Array.isArray(input)) return input as unknown as ArrayLike<number>
  throw new InputError({ what: 'The flip test takes pictures as numbers.', expected: 'an array', received: typeof input })
}

/** The values of an output of several pictures, one after the other. */
function joined(name: string, samples: readonly OutputValues[]): Float32Array {
  const values = samples.map((outputs) => outputs[name].data)
  const result = new Float32Array(values.reduce((sum, { length }) => sum + length, 0))
  let end = 0
  for (const own of values) {
    result.set(own, end)
    end += own.length
  }
  return result
}

/**
 * A network whose outputs are the mean of those for a picture and for its mirror image. Outputs that `runtime.mirrorOutputs` leaves out
 * are those for the picture alone. Disposing of it disposes of the inner network.
 * @throws OptionError on a bad argument; InputError if the task cannot mirror its outputs.
 */
export function withMirrorImage<Facts>(
  network: LoadedNetwork,
  runtime: Pick<TaskRuntime<Facts>, 'name' | 'mirrorOutputs'>,
  facts: Facts,
): LoadedNetwork {
  checkArguments('withMirrorImage()', { network: [network, argument.network], runtime: [runtime, runtimeRule] })
  if (!runtime.mirrorOutputs) {
    throw new InputError({
      what: `The task '${runtime.name}' has no flip test.`,
      expected: "a task whose runtime has 'mirrorOutputs'",
      fix: 'Leave out the flip test.',
    })
  }
  const [input] = network.inputs
  const size = input.shape.reduce((product, side) => product * side, 1)
  const meanOf = (own: RunOutput, other: Float32Array): Float32Array =>
    Float32Array.from(own, (value, index) => (value + other[index]) / 2)
  return {
    ...network,
    // A GPU would see the picture alone.
    gpu: undefined,
    run: async (inputs: RunInputs, options) => {
      checkArguments('run()', { inputs: [inputs, rules.record(rules.anything)] })
      const values = valuesOf(inputs[input.name])
      const count = values.length / size
      const first = await network.run(inputs, options)
      splitOutputs(network, first, count) // refuses results that do not fit
      // A backend may use the memory of its outputs again.
      const own = Object.fromEntries(Object.entries(first).map(([name, output]) => [name, output.slice()]))
      const second = await network.run({ [input.name]: mirrored(values, input.shape) }, options)
      const back = splitOutputs(network, second, count).map((outputs) => runtime.mirrorOutputs!(outputs, facts))
      return Object.fromEntries(
        Object.entries(own).map(([name, output]) => {
          return [name, back.every((outputs) => name in outputs) ? meanOf(output, joined(name, back)) : output]
        }),
      )
    },
  }
}
