import { nearestNames, OptionError } from '@onebit/core'

/** @throws OptionError on a name that is not a value of the teacher, with the known names. */
export function refuseTap(title: string, name: string, known: readonly string[]): never {
  const [nearest] = nearestNames(name, known)
  throw new OptionError({
    option: 'taps',
    what: `There is no value '${name}' to tap in ${title}.${nearest ? ` Did you mean '${nearest}'?` : ''}`,
    expected: 'the name of a value inside it',
    received: name,
    fix: `There are: ${known.join(', ')}.`,
  })
}
