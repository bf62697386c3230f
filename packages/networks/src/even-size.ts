/** A check for networks that halve a feature map several times and enlarge it again: every size must be even. */
import { OptionError } from '@onebit/core'

interface Halving {
  /** Factor between the sizes of the picture and of the smallest feature map. */
  readonly factor: number
  /** The smallest feature map, in the words of the network. */
  readonly smallest: string
  /** The option that makes the factor smaller. */
  readonly option: string
}

/** @throws OptionError unless the height and the width of the picture are multiples of the factor. */
export function checkEvenSize([height, width]: readonly number[], { factor, smallest, option }: Halving): void {
  if (height % factor === 0 && width % factor === 0) return
  throw new OptionError({
    what: `The picture does not halve evenly down to ${smallest}.`,
    expected: `height and width that are multiples of ${factor}`,
    received: `${height} x ${width}`,
    fix: `Choose another size of the input, or a smaller '${option}'.`,
    option,
  })
}
