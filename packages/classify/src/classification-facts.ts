/** The facts of a data set for classification. */
import { AnnotationError, describeValue, nearestNames, rules, type ValueRule } from '@onebit/core'

/** A type, because TypeScript does not accept an interface as JSON. */
export type ClassificationFacts = {
  /** Class names; labels and outputs index them. */
  readonly classes: readonly string[]
}

export const factsRule: ValueRule = rules.object({ classes: rules.list(rules.text, { minimum: 1 }) })

/** @throws AnnotationError on a label that is not the number of a class. */
export function checkLabel(label: number, { classes }: ClassificationFacts): number {
  if (Number.isInteger(label) && label >= 0 && label < classes.length) return label
  const [nearest] = typeof label === 'string' ? nearestNames(label, classes) : []
  throw new AnnotationError({
    what: 'A label is not a class.',
    expected: `an integer from 0 to ${classes.length - 1}`,
    received: describeValue(label),
    fix: nearest === undefined ? undefined : `The number of '${nearest}' is ${classes.indexOf(nearest)}.`,
  })
}
