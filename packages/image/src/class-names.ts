/** The names of classes in a model file, for all tasks whose outputs are scores of classes. */
import { checkArguments, InputError, readNames, rules } from '@onebit/core'

export interface ClassNames {
  /** Class `i` of the outputs has the name `classes[i]`. */
  readonly classes: readonly string[]
}

type Metadata = Readonly<Record<string, string>>

const names = rules.list(rules.text, { minimum: 1 })

/** If a file has no names, numbers stand for them. */
const MOST_CLASSES = 2 ** 24

export function writeClassNames(facts: ClassNames): Record<string, string> {
  checkArguments('writeClassNames()', { facts: [facts, rules.object({ classes: names })] })
  return { labels: JSON.stringify(facts.classes) }
}

/** @throws ModelFormatError if the names are not a list of strings. */
export function readClassNames(metadata: Metadata): Partial<ClassNames> {
  checkArguments('readClassNames()', { metadata: [metadata, rules.record(rules.anything)] })
  const { labels } = metadata
  return labels === undefined ? {} : { classes: readNames('labels', labels) }
}

/**
 * The names from a file or a caller, or numbers in their place.
 * @param count The network's number of classes.
 * @throws InputError on another number of names.
 */
export function completeClassNames(
  classes: readonly string[] | undefined,
  count: number,
): { facts: ClassNames; assumptions: string[] } {
  checkArguments('completeClassNames()', {
    classes: [classes, rules.optional(names)],
    count: [count, rules.integer({ minimum: 1, maximum: MOST_CLASSES })],
  })
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
