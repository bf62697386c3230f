/** All rivals, each on one thread. */
import { onnxruntimeNode, onnxruntimeWeb } from './onnxruntime.ts'
import { FLOAT32_TOLERANCE, type Peer } from './peer.ts'
import { tfjsWasm } from './tfjs.ts'

/** Rivals in float32 and in 8 bits. The native engine is faster, so it is the first to load a graph in 8 bits and calibrates it. */
export async function allPeers(): Promise<Peer[]> {
  const [web, node] = [await onnxruntimeWeb(), await onnxruntimeNode()]
  return [await tfjsWasm(), node.float32, node.int8, web.float32, web.int8]
}

/** Rivals in float32 only. */
export async function floatPeers(): Promise<Peer[]> {
  return (await allPeers()).filter(({ tolerance }) => tolerance === FLOAT32_TOLERANCE)
}
