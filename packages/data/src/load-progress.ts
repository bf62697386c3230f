/** Progress of loading one file. */
export interface LoadProgress {
  /** The file's name, with `.gz` if it is gzipped. */
  file: string
  /** `read` comes once, when the file has been read. `download` comes with each part that arrives. */
  action: 'read' | 'download'
  /** Number of bytes so far, including those of an earlier, interrupted download. */
  received: number
  /** Size of the whole file in bytes. Undefined if the server does not state it. */
  total: number | undefined
}

export type OnProgress = (progress: LoadProgress) => void
