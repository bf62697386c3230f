import { expect, it } from 'vitest'
import { splitBatch } from './split-batch.ts'

const PROGRAMS = [{ samples: 16 }, { samples: 4 }, { samples: 1 }]

it('takes every sample of a batch once, in order, as many at once as are left', () => {
  for (let batch = 1; batch < 70; batch++) {
    const parts = splitBatch(PROGRAMS, batch)
    let next = 0
    for (const { program, first } of parts) {
      expect(first).toBe(next)
      next += PROGRAMS[program].samples
    }
    expect(next).toBe(batch)
    expect(parts.length).toBe((batch >> 4) + ((batch >> 2) & 3) + (batch & 3))
  }
})
