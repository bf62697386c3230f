/** A tf.LayersModel as a teacher: real or binary, from a stage, a run, or the caller. */
import type { InputNormalization, JsonValue, Teacher, TeacherOutput, TeacherTensors } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { modelDigest, weightsDigest } from '../model/model-digest.ts'
import { TappedModel } from '../step/tapped-model.ts'

export interface ModelTeacherOptions {
  /** The teacher's name in errors. */
  readonly title: string
  readonly normalization?: InputNormalization
  /** If true, `dispose` frees the model. @default false */
  readonly owned?: boolean
}

export class ModelTeacher implements Teacher {
  readonly model: LayersModel
  readonly title: string
  readonly normalization?: InputNormalization
  readonly input: readonly number[]
  readonly outputs: Readonly<Record<string, TeacherOutput>>
  readonly #owned: boolean
  /** The names that the last pass read, and the model that computes them. */
  #tapped: { readonly names: string; readonly model: TappedModel }

  constructor(model: LayersModel, { title, normalization, owned = false }: ModelTeacherOptions) {
    this.model = model
    this.title = title
    this.normalization = normalization
    this.input = model.inputs[0].shape.slice(1) as number[]
    this.#owned = owned
    this.#tapped = { names: '[]', model: new TappedModel(model) }
    this.outputs = this.#tapped.model.outputs
  }

  #tap(names: readonly string[]): TappedModel {
    const text = JSON.stringify(names)
    if (this.#tapped.names !== text) this.#tapped = { names: text, model: new TappedModel(this.model, names) }
    return this.#tapped.model
  }

  async shapesOf(names: readonly string[]): Promise<Readonly<Record<string, readonly number[]>>> {
    const tapped = this.#tap(names)
    return Object.fromEntries(names.map((name) => [name, tapped.shapeOf(name)]))
  }

  async fingerprint(): Promise<JsonValue> {
    return { model: modelDigest(this.model), weights: await weightsDigest(this.model) }
  }

  async run(images: tf.Tensor, names: readonly string[]): Promise<TeacherTensors> {
    // `tidy` accepts records of tensors, although its types do not allow an interface.
    return tf.tidy(() => this.#tap(names).tensors(images, false) as unknown as tf.Tensor[]) as unknown as TeacherTensors
  }

  dispose(): void {
    if (this.#owned) this.model.dispose()
  }
}
