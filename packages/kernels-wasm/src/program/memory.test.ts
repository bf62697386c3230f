import { Random, SEED, SOME_SPECIAL } from '@onebit/testkit/random'
import { describe, expect, it } from 'vitest'
import type { Buffer } from './buffer.ts'
import { placeBuffers } from './memory.ts'
import { ProgramBuilder } from './program-builder.ts'
import { schedule } from './schedule.ts'

/** A random chain: every step reads some earlier buffers and writes a new one. */
function randomProgram(random: Random): { builder: ProgramBuilder; buffers: Buffer[] } {
  const builder = new ProgramBuilder()
  const buffers = [builder.allocate(random.integer(1, 500))]
  for (let step = 0; step < 30; step++) {
    const output = builder.allocate(random.integer(1, 2000))
    const constant = builder.constant(new Uint8Array(random.integer(1, 100)))
    const place = { buffer: random.pick(buffers), offset: 0 }
    builder.call('add', random.pick(buffers.slice(-3)), place, constant, output, step)
    buffers.push(output)
  }
  return { builder, buffers }
}

describe('placeBuffers', () => {
  it('never lets two buffers that are alive together overlap', () => {
    for (let number = 0; number < 100; number++) {
      const { builder, buffers } = randomProgram(new Random(SEED + number, SOME_SPECIAL))
      const [input, output] = [buffers[0], buffers.at(-1)!]
      const steps = schedule(builder.pieces, 1)
      const plan = placeBuffers(builder.constants, [{ steps, inputs: [input], outputs: [output] }])
      const reads = (buffer: Buffer): number[] =>
        steps.flatMap(({ arguments: list }, step) =>
          list.some((entry) => entry === buffer || (typeof entry === 'object' && 'buffer' in entry && entry.buffer === buffer))
            ? [step]
            : [],
        )
      const spans = [...buffers, ...builder.constants].map((buffer) => {
        const mentions = reads(buffer)
        const always = buffer.data !== undefined
        return {
          from: buffer.address,
          to: buffer.address + buffer.bytes,
          first: always || buffer === input ? -1 : mentions[0],
          last: always || buffer === output ? Number.POSITIVE_INFINITY : mentions.at(-1)!,
        }
      })
      for (const [index, a] of spans.entries()) {
        expect(a.to).toBeLessThan(plan.bytes)
        for (const b of spans.slice(0, index)) {
          const together = a.first <= b.last && b.first <= a.last
          if (together && a.from < b.to && b.from < a.to) expect.fail(`seed ${SEED}, program ${number}: buffers overlap`)
        }
      }
    }
  })

  it('reuses memory', () => {
    const builder = new ProgramBuilder()
    let value = builder.allocate(4096)
    const input = value
    for (let step = 0; step < 50; step++) {
      const next = builder.allocate(4096)
      builder.call('relu', value, next, 1024)
      value = next
    }
    const program = { steps: schedule(builder.pieces, 1), inputs: [input], outputs: [value] }
    expect(placeBuffers([], [program]).bytes).toBeLessThan(4 * 4096)
  })
})
