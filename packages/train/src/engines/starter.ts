/** What every engine is: a name, and a way to start that either succeeds or says why not. */

export type StartedEngine = 'node' | 'webgpu' | 'wasm' | 'cpu'

interface Started {
  readonly started: true
  /** What runs, in a few words. */
  readonly detail: string
}

interface NotStarted {
  readonly started: false
  /** Why not, in half a sentence. */
  readonly reason: string
  /** What to do about it. */
  readonly fix: string
}

/** How a start went. */
export type Attempt = Started | NotStarted

export interface StartOptions {
  /** Whether a person asked for this engine by its name. `auto` did not, and takes no engine that is slow by its nature. */
  readonly named: boolean
}

export interface EngineStarter {
  readonly name: StartedEngine
  /** Makes the engine TensorFlow.js' backend, or changes nothing. */
  start(options: StartOptions): Promise<Attempt>
}
