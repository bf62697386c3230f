import { floatTensor, plainSign, Random } from '@onebit/testkit/random'
import { describe, expect, it } from 'vitest'
import { resnet18 } from '../../test/resnet18.ts'
import { GraphBuilder } from '../graph/graph-builder.ts'
import { writeModel } from '../model-file/write-model.ts'
import { costOf } from './cost.ts'

describe('costOf ResNet-18 at 224 x 224', () => {
  const graph = resnet18()
  const cost = costOf(graph)
  const macsOf = (pattern: RegExp) =>
    cost.nodes
      .filter(({ node }) => pattern.test(node))
      .reduce(
        (sum, { macs }) => ({ binary: sum.binary + macs.binary, mixed: sum.mixed + macs.mixed, real: sum.real + macs.real }),
        {
          binary: 0,
          mixed: 0,
          real: 0,
        },
      )

  it('counts the multiply-accumulates of the papers', () => {
    expect(macsOf(/^stage\d\.conv\d$/)).toEqual({ binary: 1_676_279_808, mixed: 0, real: 0 })
    expect(macsOf(/down$/)).toEqual({ binary: 0, mixed: 0, real: 19_267_584 })
    expect(macsOf(/^conv1$/).real).toBe(118_013_952)
    expect(macsOf(/^scores$/).real).toBe(512_000)
    expect(cost.total.macs).toEqual({ binary: 1_676_279_808, mixed: 0, real: 19_267_584 + 118_013_952 + 512_000 })
  })

  it('adds FLOPs and BOPs / 64', () => {
    const { bops, flops, ops, floatOps } = cost.total
    const multiplications = cost.nodes.reduce((sum, node) => sum + node.multiplications, 0)
    expect(bops).toBe(1_676_279_808)
    expect(flops).toBe(137_793_536 + multiplications)
    expect(ops).toBe(flops + bops / 64)
    expect(floatOps).toBe(flops + bops)
  })

  it('counts parameters and memory by precision', () => {
    const { parameters, memoryBits, floatMemoryBits, compression } = cost.total
    expect(parameters.binary).toBe(10_985_472)
    expect(parameters.real).toBe(9408 + 172_032 + 513_000 + 2 * (64 + 4 * (64 + 128 + 256 + 512) + 128 + 256 + 512) + 16)
    expect(memoryBits).toBe(parameters.binary + 32 * parameters.real + 16)
    expect(floatMemoryBits).toBe(32 * (parameters.binary + parameters.real))
    expect(compression).toBeCloseTo(floatMemoryBits / memoryBits)
  })

  it('foretells the size of the file, which is within 2 % + 8 KiB of its parameters', () => {
    const { fileBytes, memoryBits } = cost.total
    expect(fileBytes).toBe(writeModel(graph).length)
    expect(fileBytes).toBeLessThan((memoryBits / 8) * 1.02 + 8192)
  })

  it('holds the largest pair of values at the peak', () => {
    // The output of conv1 and that of its affine, 112 x 112 x 64 floats each.
    expect(cost.total.peakActivationBytes).toBe(2 * 112 * 112 * 64 * 4)
    expect(cost.total.activationBytes).toBeGreaterThan(cost.total.peakActivationBytes)
  })
})

describe('costOf', () => {
  it('tells 1-bit weights on real inputs apart, and counts a shared tensor once', () => {
    const builder = new GraphBuilder()
    builder.input('x', [16])
    builder.node('dense', { name: 'mixed', inputs: ['x'], tensors: { weights: new Random(1).bitTensor(4, 16) } })
    builder.node('dense', { name: 'again', inputs: ['x'], tensors: { weights: 'mixed.weights' } })
    builder.output('y', 'mixed')
    builder.output('z', 'again')
    const { nodes, total } = costOf(builder.build())
    expect(nodes[0]).toMatchObject({
      inputPrecision: 32,
      weightPrecision: 1,
      macs: { binary: 0, mixed: 64, real: 0 },
      bops: 0,
      flops: 64,
    })
    expect(total.parameters).toEqual({ binary: 64, real: 0 })
    expect(total.compression).toBe(32)
  })

  it('counts groups, and spends a transposed convolution on its inputs', () => {
    const builder = new GraphBuilder()
    builder.input('x', [4, 6, 8])
    builder.node('conv2d', {
      name: 'depthwise',
      inputs: ['x'],
      attributes: { padding: [1, 1, 1, 1], groups: 8 },
      tensors: { weights: floatTensor([3, 3, 1, 8], new Float32Array(72)) },
    })
    builder.node('threshold', { name: 'bits', inputs: ['depthwise'], tensors: plainSign() })
    builder.node('binaryConv2dTranspose', {
      name: 'up',
      inputs: ['bits'],
      attributes: { strides: [2, 2] },
      tensors: { weights: new Random(2).bitTensor(5, 2, 2, 8) },
    })
    builder.output('y', 'up')
    const { nodes } = costOf(builder.build())
    expect(nodes[0].macs.real).toBe(4 * 6 * 72)
    expect(nodes[2].macs.binary).toBe(4 * 6 * 5 * 2 * 2 * 8)
    expect(nodes[1]).toMatchObject({ comparisons: 192, activationBytes: 24 })
  })

  it('spends a strided transposed convolution on its inputs, axis by axis', () => {
    const builder = new GraphBuilder()
    builder.input('x', [4, 6, 8])
    builder.node('conv2dTranspose', {
      name: 'up',
      inputs: ['x'],
      attributes: { strides: [2, 3], padding: [0, 1, 1, 0], outputPadding: [0, 1] },
      tensors: { weights: floatTensor([3, 5, 8, 7], new Float32Array(840)), bias: floatTensor([7], new Float32Array(7)) },
    })
    builder.output('y', 'up')
    const [node] = costOf(builder.build()).nodes
    const [rows, columns] = [3 * 2 + 3 - 1, 5 * 3 + 5 - 1 + 1]
    expect(node.outputShape).toEqual([rows, columns, 7])
    expect(node.macs).toEqual({ binary: 0, mixed: 0, real: 4 * 6 * (3 * 5 * 8 * 7) })
    // One addition of the bias for each output.
    expect(node.additions).toBe(rows * columns * 7)
    expect(node.activationBytes).toBe(4 * rows * columns * 7)
  })

  it('takes another convention', () => {
    const graph = resnet18()
    const halved = { name: 'halved', description: '', count: () => ({ bops: 64, flops: 1 }) }
    const { convention, total } = costOf(graph, halved)
    expect(convention).toBe('halved')
    expect(total.ops).toBe(2 * graph.nodes.length)
  })
})

describe('peak of activations', () => {
  const relu = { attributes: { function: 'relu' } } as const
  /** Bytes of 100 floats. */
  const VALUE = 400

  function peakOf(build: (builder: GraphBuilder) => string): number {
    const builder = new GraphBuilder()
    builder.input('x', [100])
    builder.output('y', build(builder))
    return costOf(builder.build()).total.peakActivationBytes
  }

  it('counts a value that a node reads twice once, and frees it once', () => {
    expect(peakOf((builder) => builder.node('add', { inputs: ['x', 'x'] }))).toBe(2 * VALUE)
    // If the doubled value were freed twice, the sums after it would seem to take nothing.
    const chain = (builder: GraphBuilder): string => {
      const doubled = builder.node('add', { inputs: ['x', 'x'] })
      const again = builder.node('multiply', { inputs: [doubled, doubled] })
      const left = builder.node('activation', { inputs: [again], ...relu })
      const right = builder.node('activation', { inputs: [again], ...relu })
      return builder.node('add', { inputs: [left, right] })
    }
    expect(peakOf(chain)).toBe(3 * VALUE)
  })

  it('keeps a shortcut alive until it is added, and bits packed', () => {
    const shortcut = (builder: GraphBuilder): string => {
      const first = builder.node('activation', { inputs: ['x'], ...relu })
      const second = builder.node('activation', { inputs: [first], ...relu })
      return builder.node('add', { inputs: ['x', second] })
    }
    expect(peakOf(shortcut)).toBe(3 * VALUE)
    const bits = (builder: GraphBuilder): string => {
      const signs = builder.node('threshold', { inputs: ['x'], tensors: plainSign() })
      return builder.node('toFloat', { inputs: [signs] })
    }
    // 100 bits are 13 bytes, alive with either float value.
    expect(peakOf(bits)).toBe(VALUE + 13)
  })
})
