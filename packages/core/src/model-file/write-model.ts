/** A graph as the bytes of a model file: safetensors, with the graph in the metadata. */
import { GraphError } from '../errors.ts'
import type { Graph, GraphTensor } from '../graph/graph.ts'
import { inferTypes } from '../graph/infer-types.ts'
import { encodeUtf8 } from '../text/utf8.ts'
import { findBadValues } from './check-values.ts'
import { FORMAT, VERSION } from './format.ts'
import { graphToJson, storedBitShape } from './graph-to-json.ts'
import { type StoredTensor, safetensorsHeader } from './safetensors.ts'
import { sha256 } from './sha256.ts'
import { shareSmallTensors } from './share-small-tensors.ts'

interface Plan {
  readonly graphJson: string
  readonly contents: readonly GraphTensor[]
  readonly stored: ReadonlyMap<string, StoredTensor>
  readonly dataSize: number
}

/** The place of every tensor. Floats come first, so that each starts at a multiple of 4 bytes. */
function plan(graph: Graph): Plan {
  inferTypes(graph)
  const { tensors, ...rest } = shareSmallTensors(graph)
  const floats = [...tensors].filter(([, { dtype }]) => dtype === 'float32')
  const ordered = [...floats, ...[...tensors].filter(([, { dtype }]) => dtype === 'bit')]
  const stored = new Map<string, StoredTensor>()
  let at = 0
  for (const [name, tensor] of ordered) {
    if (name === '__metadata__' || name === '__proto__')
      throw new GraphError({ what: `No tensor can be named '${name}' in a file.` })
    const entry =
      tensor.dtype === 'bit'
        ? ({ dtype: 'U8', shape: storedBitShape(tensor) } as const)
        : ({ dtype: 'F32', shape: tensor.shape } as const)
    stored.set(name, { ...entry, begin: at, end: at + tensor.data.byteLength })
    at += tensor.data.byteLength
  }
  const graphJson = graphToJson({ ...rest, tensors: new Map(ordered) })
  return { graphJson, contents: ordered.map(([, tensor]) => tensor), stored, dataSize: at }
}

function header({ graphJson, stored }: Plan, checksum: string): Uint8Array {
  return safetensorsHeader({
    metadata: { format: FORMAT, version: `${VERSION}`, sha256: checksum, graph: graphJson },
    tensors: stored,
  })
}

function writeTensor({ dtype, data }: GraphTensor, target: Uint8Array): void {
  if (dtype === 'bit') {
    target.set(data)
    return
  }
  const view = new DataView(target.buffer, target.byteOffset)
  for (let i = 0; i < data.length; i++) view.setFloat32(4 * i, data[i], true)
}

/**
 * The file of a graph. Tensors that no node uses are left out.
 * @throws GraphError if the graph is invalid, holds a NaN, an infinity outside thresholds, or unsorted thresholds.
 */
export function writeModel(graph: Graph): Uint8Array {
  const layout = plan(graph)
  const bad = findBadValues(graph)
  if (bad) throw new GraphError(bad)
  const data = new Uint8Array(layout.dataSize)
  let at = 0
  for (const tensor of layout.contents) {
    writeTensor(tensor, data.subarray(at, at + tensor.data.byteLength))
    at += tensor.data.byteLength
  }
  const head = header(layout, sha256(encodeUtf8(layout.graphJson), data))
  const file = new Uint8Array(head.length + data.length)
  file.set(head)
  file.set(data, head.length)
  return file
}

/** Size in bytes of the file that `writeModel` makes of a graph. */
export function modelFileSize(graph: Graph): number {
  const layout = plan(graph)
  return header(layout, '0'.repeat(64)).length + layout.dataSize
}
