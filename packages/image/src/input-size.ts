/** The size of a network's input of pictures, and whether a preparation ends in it. */
import { InputError } from '@onebit/core'
import type { Extent } from './picture.ts'
import type { Preparation } from './preparation.ts'

export interface InputSize extends Extent {
  readonly channels: 1 | 3
}

/** @param input `[height, width, channels]`. @throws InputError unless there are 1 or 3 channels. */
export function inputSize(input: readonly number[]): InputSize {
  const [height, width, channels] = input
  if (input.length === 3 && (channels === 1 || channels === 3)) return { height, width, channels }
  throw new InputError({
    what: 'This network takes no pictures.',
    expected: 'an input of [height, width, 1 or 3]',
    received: `[${input.join(', ')}]`,
  })
}

/** @throws InputError unless what the steps have made has the size of the input. */
export function requireInputSize(prepared: Extent, { height, width }: Extent, steps: Preparation): void {
  if (prepared.height === height && prepared.width === width) return
  throw new InputError({
    what: 'The picture does not have the size of the input.',
    expected: `${height} x ${width} (height x width)`,
    received: `${prepared.height} x ${prepared.width}${steps.length > 0 ? ' after its preparation' : ''}`,
    fix: `Let the preparation end in that size: [{ type: 'resize', size: [${height}, ${width}] }], for example.`,
  })
}
