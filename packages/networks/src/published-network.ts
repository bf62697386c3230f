/** What a published network is made of, as data. */
import type { Paper } from '@onebit/core'

/** A technique by its name, with options where it has any that are not its defaults. */
export type NamedTechnique = string | { readonly name: string; readonly [option: string]: unknown }

interface PublishedParts {
  readonly network: NamedTechnique
  readonly block: NamedTechnique
  /** Absent where the paper's activations stay real. */
  readonly activation?: NamedTechnique
  /** Absent where the paper's weights stay real. */
  readonly weight?: NamedTechnique
  /** `[height, width, channels]` */
  readonly input: readonly [number, number, number]
  readonly paper: Paper
}

export interface PublishedNetwork extends PublishedParts {
  readonly classes: number
  /** Absent where the task's own head is the paper's. */
  readonly head?: NamedTechnique
}

/** A network of human pose. */
export interface PublishedPoseNetwork extends PublishedParts {
  /** The data set whose joints it is for. */
  readonly dataset: NamedTechnique
}
