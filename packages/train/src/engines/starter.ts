/** The contract of an engine: a name, and a way to start that either succeeds or gives the reason why it did not. */

export type StartedEngine = 'node' | 'webgpu' | 'wasm' | 'cpu'

interface Started {
  readonly started: true
  /** The engine that runs, in a few words. */
  readonly detail: string
}

interface NotStarted {
  readonly started: false
  /** The reason why it did not start, in half a sentence. */
  readonly reason: string
  /** A way to mend it. */
  readonly fix: string
}

/** The outcome of a start. */
export type Attempt = Started | NotStarted

export interface StartOptions {
  /** True if a person asked for this engine by its name. `auto` passes false and takes no engine that is slow by its nature. */
  readonly named: boolean
}

export interface EngineStarter {
  readonly name: StartedEngine
  /** Makes the engine TensorFlow.js' backend. If that fails, it changes nothing. */
  start(options: StartOptions): Promise<Attempt>
}
