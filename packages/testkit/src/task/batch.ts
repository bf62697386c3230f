/** Annotations in the form that losses read: encoded, batched, on the backend. */
import { completeOptions, type OutputTensors, type Plugin, type TargetShape, type TargetValues } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import type { Random } from '../random/random.ts'
import type { TaskSubject } from './subject.ts'

export function targetShapes({ task, facts, shapes, size }: TaskSubject): Readonly<Record<string, TargetShape>> {
  return task.targets(facts, shapes(), size)
}

export function encode({ task, facts, shapes, size }: TaskSubject, annotation: unknown): TargetValues {
  return task.encode(annotation, facts, shapes(), size)
}

/** Compact targets, batch first. */
export function compactTargets(subject: TaskSubject, annotations: readonly unknown[]): tf.NamedTensorMap {
  const rows = annotations.map((annotation) => encode(subject, annotation))
  return Object.fromEntries(
    Object.entries(targetShapes(subject)).map(([name, { shape, dtype }]) => {
      const values = rows.flatMap((row) => Array.from(row[name]))
      return [name, tf.tensor(values, [annotations.length, ...shape], dtype)]
    }),
  )
}

/** Targets from `expand`, with the default settings or others. */
export function expandedTargets(
  subject: TaskSubject,
  compact: tf.NamedTensorMap,
  given: Readonly<Record<string, unknown>> = {},
): tf.NamedTensorMap {
  const { task, facts } = subject
  const settings = completeOptions({ kind: 'task', name: task.name, options: task.settings } as Plugin, given)
  return task.expand?.(compact, facts, settings) ?? compact
}

/** Outputs of an untrained network: its last layers applied to noise, or the noise itself as logits. */
export function noiseFor({ shapes }: TaskSubject, random: Random, batch: number): tf.NamedTensorMap {
  return Object.fromEntries(
    Object.entries(shapes()).map(([name, shape]) => {
      const length = shape.reduce((product, side) => product * side, batch)
      return [
        name,
        tf.tensor(
          Float32Array.from({ length }, () => random.normal()),
          [batch, ...shape],
        ),
      ]
    }),
  )
}

/** @param areLogits True for outputs that end in a softmax or a sigmoid, by name. They are read before it. */
export function asOutputs(tensors: tf.NamedTensorMap, areLogits: Readonly<Record<string, boolean>>): OutputTensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, { tensor, isLogits: areLogits[name] ?? false }]),
  )
}

export function perfectOutputs(subject: TaskSubject, annotations: readonly unknown[]): tf.NamedTensorMap {
  const rows = annotations.map((annotation) => subject.perfect(annotation))
  return Object.fromEntries(
    Object.entries(subject.shapes()).map(([name, shape]) => {
      const values = rows.flatMap((row) => Array.from(row[name].data))
      return [name, tf.tensor(values, [annotations.length, ...shape])]
    }),
  )
}
