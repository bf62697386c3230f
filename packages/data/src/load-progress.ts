/** How far the loading of one file is. */
export interface LoadProgress {
  /** The file's name, with `.gz` if it is gzipped. */
  file: string
  /** `read` is told once, when the file has been read; `download` with each part that arrives. */
  action: 'read' | 'download'
  /** Bytes that are there, those of an earlier, interrupted download included. */
  received: number
  /** Bytes of the whole file; undefined if the server does not tell. */
  total: number | undefined
}

export type OnProgress = (progress: LoadProgress) => void
