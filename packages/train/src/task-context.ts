/** A run's task, both halves of it, and what it knows of the data. */
import {
  type AnyFacts,
  attachedTask,
  type MetricInfo,
  OptionError,
  type PictureSize,
  type Task,
  type TaskRuntime,
} from '@onebit/core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { outputShapesOf } from './targets.ts'

export interface TaskContext {
  readonly task: Task
  readonly runtime: TaskRuntime
  readonly facts: AnyFacts
  /** What is measured; the first is the headline. */
  readonly metrics: readonly MetricInfo[]
}

/** @throws what the task's deployment half throws while it is loaded. */
export async function taskContext(task: Task, facts: AnyFacts): Promise<TaskContext> {
  const runtime = (await task.runtime()) as TaskRuntime
  return { task, runtime, facts, metrics: runtime.metrics(facts) }
}

/**
 * The task of a model: the one given, or the one that it was composed for.
 * @throws OptionError if there is neither.
 */
export function taskOf(model: LayersModel | undefined, given: Task | string | undefined): Task {
  if (typeof given === 'object') return given
  const task = model && attachedTask(model)
  if (task && (given === undefined || given === task.name)) return task
  if (task) {
    throw new OptionError({
      option: 'task',
      what: `The model '${model.name}' was composed for another task than its data.`,
      expected: `data of the task '${task.name}'`,
      received: `'${given}'`,
    })
  }
  throw new OptionError({
    option: 'task',
    what: model ? `Nothing tells which task the model '${model.name}' is for.` : 'Nothing tells which task the stages are for.',
    expected: 'a task, or a model that was composed for one',
    fix: 'Give the task beside the data: `task`, from the package of the task.',
  })
}

/** @throws InputError if the model's outputs are not of the task, or do not fit the facts. */
export function checkOutputs({ runtime, facts }: TaskContext, model: LayersModel): void {
  runtime.complete(facts, outputShapesOf(model))
}

export const sizeOf = ([height, width]: readonly number[]): PictureSize => [height, width]
