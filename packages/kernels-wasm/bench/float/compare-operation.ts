/** Compares one real operation with TensorFlow.js's WASM backend (XNNPACK) on the same values, and verifies both outputs. */
import { elementCount, GraphBuilder, type GraphTensor, type OpAttributes, type OpName, reference } from '@onebit/core'
import { bind, compareAll, randomFloats, relativeError, same, tf } from '../harness.ts'
import { FLOAT32_TOLERANCE } from '../peers/peer.ts'
import { report } from '../report.ts'

const ROUNDS = 9

export interface FloatCase<Op extends OpName = OpName> {
  readonly name: string
  readonly op: Op
  /** Shapes of the inputs, without the batch. */
  readonly inputs: readonly (readonly number[])[]
  readonly attributes?: Partial<OpAttributes[Op]>
  readonly tensors?: Readonly<Record<string, GraphTensor>>
  /** Values lie between plus and minus this. Default 1. */
  readonly range?: number
  /** Weights by role in TensorFlow.js's layout, if it differs from the graph's. They are laid out before anything is timed. */
  layOut?(tensor: (role: string) => tf.Tensor): Readonly<Record<string, tf.Tensor>>
  /** The same operation on TensorFlow.js for a batch of one. `tensor` gives the weights of a role. */
  theirs(inputs: tf.Tensor[], tensor: (role: string) => tf.Tensor): tf.Tensor
}

/** Keeps the types of the op's attributes. */
export function floatCase<Op extends OpName>(operation: FloatCase<Op>): FloatCase {
  return operation as unknown as FloatCase
}

export function floats(...shape: number[]): GraphTensor {
  return { dtype: 'float32', shape, data: randomFloats(elementCount(shape)) }
}

export async function compareOperation(peer: string, operation: FloatCase): Promise<void> {
  const { name, op, inputs: shapes, attributes, tensors = {}, range = 1, layOut, theirs } = operation
  const builder = new GraphBuilder()
  const inputs = shapes.map((shape, index) => builder.input(`x${index}`, shape))
  builder.output('y', builder.node(op, { inputs, attributes, tensors }))
  const graph = builder.build()
  const values = shapes.map((shape) => randomFloats(elementCount(shape)).map((value) => value * range))
  const named = Object.fromEntries(inputs.map((input, index) => [input, values[index]]))
  const { y: expected } = await (await reference.compile(graph)).run(named)
  const layer = await bind(graph)
  const verify = (): boolean => {
    inputs.forEach((input, index) => {
      layer.write(input, values[index])
    })
    layer.run()
    return same(layer.read('y'), expected)
  }
  const weights = new Map(
    Object.entries(tensors).map(([role, { shape, data }]) => [role, tf.tensor(data as Float32Array, shape as number[])]),
  )
  const tensor = (role: string): tf.Tensor => weights.get(role)!
  for (const [role, laidOut] of Object.entries(layOut?.(tensor) ?? {})) weights.set(role, laidOut)
  const x = shapes.map((shape, index) => tf.tensor(values[index], [1, ...shape]))
  const run = (): tf.Tensor => tf.tidy(() => theirs(x, tensor))
  const answer = run()
  const verified = relativeError(answer.dataSync(), expected) <= FLOAT32_TOLERANCE
  const right = verify()
  const compared = await compareAll({ ours: () => layer.run(), [peer]: () => run().dispose() }, ROUNDS)
  report(name, compared, { name: 'ours', verified: right && verify() }, [{ name: peer, verified }])
  tf.dispose([answer, ...x, ...weights.values()])
}
