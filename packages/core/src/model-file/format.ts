/** Marks a safetensors file as a model of Onebit, in its `__metadata__`. */
export const FORMAT = 'onebit'
/** Version of the format. It rises when a file needs a newer reader. */
export const VERSION = 1
/** Every key of the metadata: the two above, the graph as JSON, and the SHA-256 of that JSON and the data. */
export const METADATA_KEYS: readonly string[] = ['format', 'version', 'graph', 'sha256']
