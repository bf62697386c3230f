/** What a run is given, and what it gives. */

/** Real values as Float32Array, bits as an Int8Array of +-1; batch first, then the input's shape. */
export type RunInput = Float32Array | Int8Array

/** What a run is given: an array for each input of the graph, by name. */
export type RunInputs = Readonly<Record<string, RunInput>>

/** A float32 value as Float32Array, accumulators as Int32Array, bits as an Int8Array of +-1; batch first, then the value's shape. */
export type RunOutput = Float32Array | Int32Array | Int8Array

export interface RunOptions {
  /** Throw an InputError on NaN and infinities in the inputs. Default true. */
  readonly validate?: boolean
}
