/** Every tile gives the reference's results at any size. A trial chooses among them and describes its result. */
import { elementCount, type Graph, GraphBuilder, type Pair, reference, typeGraph } from '@onebit/core'
import { Random, SEED } from '@onebit/testkit/random'
import { describe, expect, test } from 'vitest'
import { compileProgram } from '../src/compile/compile-program.ts'
import { Devices } from '../src/device/devices.ts'
import { ALONG_OUTPUTS, TILES } from '../src/kernels/choose-tile.ts'
import { describeTile, type Tile } from '../src/kernels/tile.ts'
import { LoadedProgram } from '../src/run/loaded-program.ts'
import { tilesByTrial } from '../src/run/tile-trial.ts'
import { emptyOutput } from '../src/run/transfer.ts'
import { firstDifference } from './compare.ts'
import { describeOnGpu, gpu } from './gpu.ts'

/** A binary layer after bits, with some of its possible followers. */
function layerOf(random: Random): Graph {
  const builder = new GraphBuilder()
  const channels = random.pick([1, 31, 32, 33, 64, 96])
  const outputs = random.pick([1, 4, 7, 31, 32, 33, 70, 256, 300])
  const side = (): number => random.integer(3, 6)
  const bits = builder.input('bits', [side(), side(), channels], 'bit')
  const strides: Pair = [random.integer(1, 2), random.integer(1, 2)]
  const padding = [random.integer(0, 2), random.integer(0, 2), random.integer(0, 2), random.integer(0, 2)] as const
  const paddingValue = random.pick(['zero', 'one', 'minus-one'] as const)
  const weights = random.bitTensor(outputs, random.integer(1, 3), random.integer(1, 3), channels)
  const sums = random.chance(0.3)
    ? builder.node('binaryConv2dTranspose', { inputs: [bits], attributes: { strides }, tensors: { weights } })
    : builder.node('binaryConv2d', { inputs: [bits], attributes: { strides, padding, paddingValue }, tensors: { weights } })
  if (random.chance(0.3)) builder.output('sums', sums)
  if (random.chance(0.5)) {
    builder.output('bits of sums', builder.node('threshold', { inputs: [sums], tensors: random.thresholds(outputs, 2, 9) }))
    return builder.build()
  }
  const scaled = { scale: random.floatTensor(outputs), shift: random.floatTensor(outputs) }
  const affine = builder.node('affine', { inputs: [sums], tensors: scaled })
  const bent = builder.node('prelu', { inputs: [affine], tensors: { slope: random.floatTensor(outputs) } })
  if (random.chance(0.5)) builder.output('floats', bent)
  builder.output('packed', builder.node('threshold', { inputs: [bent], tensors: random.thresholds(outputs, 1) }))
  return builder.build()
}

describeOnGpu('tiles', () => {
  const devices = new Devices({ gpu })

  async function expectSame(tile: Tile, seed: number): Promise<void> {
    const random = new Random(seed)
    const typed = typeGraph(layerOf(random))
    const batch = random.integer(1, 3)
    const [{ shape }] = typed.graph.inputs
    const bits = Int8Array.from({ length: batch * elementCount(shape) }, () => random.pick([1, -1]))
    const target = { arithmetic: { fusesProducts: true }, tiles: { tileOf: () => tile, choice: '' } }
    const loaded = await LoadedProgram.load(compileProgram(typed, target), await devices.current())
    const { outputs } = loaded.program
    const results = outputs.map(({ value }) => emptyOutput(value, batch))
    await loaded.run({ bits }, { first: 0, count: batch }, results)
    loaded.dispose()
    const expected = await (await reference.compile(typed)).run({ bits })
    for (const [index, { name }] of outputs.entries()) {
      expect(firstDifference(results[index], expected[name]), `${name}, ONEBIT_SEED=${seed}`).toBeUndefined()
    }
  }

  describe.each([...TILES, ALONG_OUTPUTS].map((tile) => [describeTile(tile), tile] as const))('%s', (_, tile) => {
    test('gives the results of the reference', async () => {
      for (let number = 0; number < 6; number++) await expectSame(tile, SEED + number)
    })
  })

  test('are chosen by a trial, once a device', async () => {
    const context = await devices.current()
    const sizes = [
      { leastPixels: 5, side: 4, channels: 32 },
      { leastPixels: 1, side: 1, channels: 64 },
    ]
    const chooser = await tilesByTrial(context, sizes)
    expect([...TILES, ALONG_OUTPUTS]).toContain(chooser.tileOf(100, 64))
    expect(chooser.choice).toMatch(/^By a trial on SwiftShader.*: from 5 pixels on .* ms.*; from 1 pixels on .* ms\.$/)
    expect(await tilesByTrial(context, sizes)).toBe(chooser)
    expect(context.memory.bytes).toBe(0)
  })
})
