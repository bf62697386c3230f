/** The rivals there are, each on one thread. */
import { onnxruntimeNode, onnxruntimeWeb } from './onnxruntime.ts'
import { FLOAT32_TOLERANCE, type Peer } from './peer.ts'
import { tfjsWasm } from './tfjs.ts'

/** In float32 and in 8 bits. The native engine is the first to load a graph in 8 bits and so calibrates it, being faster. */
export async function allPeers(): Promise<Peer[]> {
  const [web, node] = [await onnxruntimeWeb(), await onnxruntimeNode()]
  return [await tfjsWasm(), node.float32, node.int8, web.float32, web.int8]
}

/** In float32 alone. */
export async function floatPeers(): Promise<Peer[]> {
  return (await allPeers()).filter(({ tolerance }) => tolerance === FLOAT32_TOLERANCE)
}
