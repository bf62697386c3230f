/** The names of classes in a model file: what all tasks have in common whose outputs are scores of classes. */
import { InputError, readNames } from '@onebit/core'

export interface ClassNames {
  /** Outputs index them. */
  readonly classes: readonly string[]
}

type Metadata = Readonly<Record<string, string>>

export const writeClassNames = ({ classes }: ClassNames): Record<string, string> => ({ labels: JSON.stringify(classes) })

/** @throws ModelFormatError on names that are no list of strings. */
export const readClassNames = ({ labels }: Metadata): Partial<ClassNames> =>
  labels === undefined ? {} : { classes: readNames('labels', labels) }

/**
 * The names that a file or a caller states, or numbers in their place.
 * @param count How many classes the network tells apart.
 * @throws InputError on another number of names.
 */
export function completeClassNames(
  classes: readonly string[] | undefined,
  count: number,
): { facts: ClassNames; assumptions: string[] } {
  if (classes === undefined) {
    const numbers = Array.from({ length: count }, (_, index) => `${index}`)
    return { facts: { classes: numbers }, assumptions: ['The file names no classes: they are told by their numbers.'] }
  }
  if (classes.length === count) return { facts: { classes }, assumptions: [] }
  throw new InputError({
    what: 'The labels do not fit the network.',
    expected: `${count} labels`,
    received: `${classes.length}`,
    fix: 'Give the labels of the data set the network was trained on.',
  })
}
