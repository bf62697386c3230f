/** Shortcuts to run small graphs on the reference backend. */

import type { RunOutput } from '../src/contracts/kernel-backend.ts'
import type { GraphTensor } from '../src/graph/graph.ts'
import { elementCount, type Graph } from '../src/graph/graph.ts'
import { GraphBuilder, type NodeOptions } from '../src/graph/graph-builder.ts'
import type { OpName } from '../src/graph/ops/index.ts'
import { reference } from '../src/reference/reference-backend.ts'

export async function runGraph(graph: Graph, inputs: Record<string, Float32Array>): Promise<Record<string, RunOutput>> {
  const executable = await reference.compile(graph)
  try {
    return await executable.run(inputs)
  } finally {
    executable.dispose()
  }
}

export interface Operand {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** Runs one op on float inputs `[batch, ...]`. `sign` first turns them into bits. Returns values and shape without the batch. */
export async function runOp<Op extends OpName>(
  op: Op,
  operands: readonly Operand[],
  options: { attributes?: NodeOptions<Op>['attributes']; tensors?: Record<string, GraphTensor> },
  sign = false,
): Promise<{ data: RunOutput; shape: readonly number[] }> {
  const builder = new GraphBuilder()
  const inputs = operands.map(({ shape }, index) => {
    const value = builder.input(`input${index}`, shape.slice(1))
    if (!sign) return value
    const tensors = {
      thresholds: { dtype: 'float32', shape: [1, 1], data: new Float32Array(1) },
      first: { dtype: 'bit', shape: [1], data: new Uint8Array(1) },
    } as const
    return builder.node('threshold', { inputs: [value], tensors })
  })
  const value = builder.node(op, { inputs, ...options })
  builder.output('out', value)
  const given = Object.fromEntries(operands.map(({ data }, index) => [`input${index}`, data]))
  const { out } = await runGraph(builder.build(), given)
  const { shape } = builder.type(value)
  if (out.length !== operands[0]?.shape[0] * elementCount(shape)) throw new Error(`${op}: wrong output length ${out.length}`)
  return { data: out, shape }
}
