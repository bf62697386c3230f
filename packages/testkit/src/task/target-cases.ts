/** Annotations: encoded, moved, expanded. */
import { type Affine, AnnotationError } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import type { ConformanceCase } from '../conformance-case.ts'
import { attempt, require } from '../conformance-error.ts'
import { compactTargets, encode, expandedTargets, targetShapes } from './batch.ts'
import type { TaskSubject } from './subject.ts'

const same = (a: unknown, b: unknown): boolean => JSON.stringify(plain(a)) === JSON.stringify(plain(b))

/** Typed arrays as lists, so that they compare as JSON. */
function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Uint8Array)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]))
}

export function targetCases(subject: TaskSubject): ConformanceCase[] {
  const { task, annotations, suite, size, facts } = subject
  const [height, width] = size
  const moved = (annotation: unknown, affine: Affine): unknown => task.warp(annotation, affine, size, facts)
  return [
    {
      name: 'encodes annotations to the shapes and types that it says, finite',
      async run() {
        const expected = targetShapes(subject)
        for (const annotation of annotations) {
          const targets = await attempt('An annotation does not encode.', () => encode(subject, annotation))
          for (const [name, { shape, dtype }] of Object.entries(expected)) {
            const values = targets[name]
            const length = shape.reduce((product, side) => product * side, 1)
            const kind = dtype === 'int32' ? Int32Array : Float32Array
            require(values instanceof kind && values.length === length && values.every(Number.isFinite), () => ({
              what: `The target '${name}' does not fit its definition.`,
              expected: `${length} finite values of ${dtype}`,
              received: values === undefined ? 'nothing' : `${values.length} in a ${values.constructor.name}`,
            }))
          }
          const more = Object.keys(targets).find((name) => !(name in expected))
          require(more === undefined, () => ({ what: `'encode' gives a target '${more}' that 'targets' does not list.` }))
        }
      },
    },
    {
      name: 'encodes different annotations differently',
      async run() {
        const [first, second] = annotations.map((annotation) => encode(subject, annotation))
        require(!same(first, second), () => ({ what: 'Two annotations have the same targets.', expected: 'different numbers' }))
      },
    },
    {
      name: 'refuses annotations that do not fit the facts',
      async run() {
        for (const annotation of suite.wrong ?? []) {
          let refused: unknown
          try {
            encode(subject, annotation)
          } catch (error) {
            refused = error
          }
          require(AnnotationError.isInstance(refused), () => ({
            what: `The annotation ${JSON.stringify(plain(annotation))?.slice(0, 80)} is not refused.`,
            expected: 'an AnnotationError',
            received: refused === undefined ? 'targets' : String(refused),
          }))
        }
      },
    },
    {
      name: 'warps annotations with their pictures, and leaves the given ones as they are',
      async run() {
        const mirror: Affine = [-1, 0, width, 0, 1, 0]
        for (const annotation of annotations) {
          const before = JSON.stringify(plain(annotation))
          const still = encode(subject, moved(annotation, [1, 0, 0, 0, 1, 0]))
          require(same(still, encode(subject, annotation)), () => ({ what: 'The map that moves nothing changes the targets.' }))
          const mirrored = moved(annotation, mirror)
          require(JSON.stringify(plain(annotation)) === before, () => ({
            what: "'warp' changes the annotation that it is given.",
          }))
          const twice = encode(subject, moved(mirrored, mirror))
          require(same(twice, encode(subject, annotation)), () => ({ what: 'Mirrored twice, an annotation has other targets.' }))
          await attempt('An annotation that left the picture does not encode.', () =>
            encode(subject, moved(annotation, [1, 0, 2 * width, 0, 1, 2 * height])),
          )
        }
      },
    },
    {
      name: 'expands targets on the backend, a row for each picture, and leaves no tensor behind',
      async run() {
        const before = tf.memory().numTensors
        tf.tidy(() => {
          const compact = compactTargets(subject, annotations)
          const together = expandedTargets(subject, compact)
          for (const [name, tensor] of Object.entries(together)) {
            require(tensor.shape[0] === annotations.length && tensor.dataSync().every(Number.isFinite), () => ({
              what: `The expanded target '${name}' is not finite, or not batch first.`,
              expected: `[${annotations.length}, ...]`,
              received: `[${tensor.shape}]`,
            }))
            require(!task.blends || tensor.dtype === 'float32', () => ({
              what: `The expanded target '${name}' cannot be blended.`,
              expected: 'float32',
              received: tensor.dtype,
            }))
            for (const [row, annotation] of annotations.entries()) {
              const alone = expandedTargets(subject, compactTargets(subject, [annotation]))[name]
              const part = tf.slice(tensor, [row], [1])
              require(same(alone.dataSync(), part.dataSync()), () => ({
                what: `The expanded target '${name}' of a picture depends on the others of its batch.`,
              }))
            }
          }
        })
        const left = tf.memory().numTensors - before
        require(left === 0, () => ({ what: `Expanding leaves ${left} tensors behind.`, expected: 'none' }))
      },
    },
  ]
}
