/**
 * Flip test. A network sees a picture and its mirror image, and the mean of both outputs is the result. It costs a second run.
 *
 * Newell, Yang, Deng (ECCV 2016), arXiv 1603.06937, section 4.1.
 */
import {
  checkArguments,
  InputError,
  type LoadedNetwork,
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
      const mean = (name: string, output: RunOutput): RunOutput => {
        const length = output.length / count
        const otherOf = (index: number): number => back[Math.floor(index / length)][name].data[index % length]
        return Float32Array.from(output, (value, index) => (value + otherOf(index)) / 2)
      }
      const isMirrored = (name: string): boolean => back.every((outputs) => name in outputs)
      return Object.fromEntries(
        Object.entries(own).map(([name, output]) => [name, isMirrored(name) ? mean(name, output) : output]),
      )
    },
  }
}
