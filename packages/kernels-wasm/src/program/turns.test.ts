import { expect, it } from 'vitest'
import { takeTurns } from './turns.ts'

const PROGRAMS = [{ samples: 16 }, { samples: 4 }, { samples: 1 }]

it('takes every sample of a batch once, in order, as many at once as are left', () => {
  for (let batch = 1; batch < 70; batch++) {
    const turns = takeTurns(PROGRAMS, batch)
    let next = 0
    for (const { program, first } of turns) {
      expect(first).toBe(next)
      next += PROGRAMS[program].samples
    }
    expect(next).toBe(batch)
    expect(turns.length).toBe((batch >> 4) + ((batch >> 2) & 3) + (batch & 3))
  }
})
