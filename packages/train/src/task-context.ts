/** The task of a run, training half and deployment half, and its facts about the data. */
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
  /** The metrics measured. The first is the headline. */
  readonly metrics: readonly MetricInfo[]
}

/** @throws the error of the task's deployment half, if it cannot be loaded. */
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
    what: model ? `The task of the model '${model.name}' is unknown.` : 'The task of the stages is unknown.',
    expected: 'a task, or a model composed for one',
    fix: 'Give the task beside the data: `task`, from the package of the task.',
  })
}

/** @throws InputError if the model's outputs do not belong to the task, or do not fit the facts. */
export function checkOutputs({ runtime, facts }: TaskContext, model: LayersModel): void {
  runtime.complete(facts, outputShapesOf(model))
}

export const sizeOf = ([height, width]: readonly number[]): PictureSize => [height, width]
