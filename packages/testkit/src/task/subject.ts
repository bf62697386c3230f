/** The task under test, with its head on a small network. */
import {
  type AnyFacts,
  attachedTask,
  completeOptions,
  createRegistry,
  type Loss,
  type LossReference,
  type OutputShapes,
  type OutputValues,
  type PictureSize,
  type Placement,
  type Reference,
  type Task,
  type TaskRuntime,
} from '@onebit/core'
import { composeModel } from '@onebit/layers'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { attempt, require } from '../conformance-error.ts'
import { noBlock, smallNetwork } from './small-network.ts'
import type { TaskSuiteOptions } from './suite-options.ts'

export interface TaskSubject {
  readonly task: Task
  readonly facts: AnyFacts
  readonly annotations: readonly unknown[]
  readonly suite: Omit<TaskSuiteOptions, 'test'>
  /** `[height, width, channels]` */
  readonly input: readonly [number, number, number]
  readonly size: PictureSize
  /** The placement of a picture of the input's own size, which does not move. */
  readonly placement: Placement
  runtime(): Promise<TaskRuntime>
  /** The task's head on a small network. Dispose of it. */
  compose(): LayersModel
  /** Output shapes of this model, without the batch. */
  shapes(): OutputShapes
  perfect(annotation: unknown): OutputValues
  /** The losses that a stage uses by default. */
  losses(): readonly { readonly loss: Loss; readonly options: Readonly<Record<string, unknown>> }[]
}

export function subjectOf(task: Task, suite: Omit<TaskSuiteOptions, 'test'>): TaskSubject {
  const { facts, annotations, input = [8, 12, 3] } = suite
  const size: PictureSize = [input[0], input[1]]
  const registry = createRegistry([task, smallNetwork, noBlock])
  let known: OutputShapes | undefined

  const compose = (): LayersModel => {
    const { head } = task
    const base = typeof head === 'object' && 'plugin' in head ? head : { plugin: registry.head(head).plugin, options: {} }
    const configured = suite.head ? { head: { plugin: base.plugin, options: { ...base.options, ...suite.head } } } : {}
    const { model } = composeModel(registry, { task, facts, network: smallNetwork, block: noBlock, input, ...configured })
    require(attachedTask(model) === task, () => ({ what: 'The composed model does not know its task.' }))
    return model
  }

  const shapes = (): OutputShapes => {
    if (known) return known
    const model = compose()
    known = Object.fromEntries(
      model.outputs.map((output, index) => [model.outputNames[index], output.shape.slice(1) as number[]]),
    )
    model.dispose()
    return known
  }

  return {
    task,
    facts,
    annotations,
    suite,
    input,
    size,
    placement: { toPicture: [1, 0, 0, 0, 1, 0], picture: size, input: size },
    runtime: () => attempt('The runtime does not load.', () => task.runtime()),
    compose,
    shapes,
    perfect: (annotation) => {
      const outputs = suite.perfect(annotation, shapes())
      return Object.fromEntries(Object.entries(shapes()).map(([name, shape]) => [name, { shape, data: outputs[name] }]))
    },
    losses: () => {
      const own = createRegistry([...task.losses])
      return task.defaultLosses.map((reference: LossReference) => {
        const { plugin, options } = own.resolve('loss', reference as Reference)
        return { loss: plugin, options: completeOptions(plugin, options) }
      })
    },
  }
}
