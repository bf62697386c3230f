/** The parts of a published network, as data. */
import type { Paper } from '@onebit/core'

/** A technique by its name, with the options that differ from their defaults. */
export type NamedTechnique = string | { readonly name: string; readonly [option: string]: unknown }

interface PublishedParts {
  readonly network: NamedTechnique
  readonly block: NamedTechnique
  /** Absent if the paper's activations stay real. */
  readonly activation?: NamedTechnique
  /** Absent if the paper's weights stay real. */
  readonly weight?: NamedTechnique
  /** `[height, width, channels]` */
  readonly input: readonly [number, number, number]
  readonly paper: Paper
}

export interface PublishedNetwork extends PublishedParts {
  readonly classes: number
  /** Absent if the paper has the task's default head. */
  readonly head?: NamedTechnique
}

/** A network of human pose. */
export interface PublishedPoseNetwork extends PublishedParts {
  /** The data set that defines its joints. */
  readonly dataset: NamedTechnique
}
