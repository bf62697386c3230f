/** A validation part, drawn out of the training pictures. */
import { checkArguments, describeValue, OptionError, rules } from '@onebit/core'
import * as argument from '../argument-rules.ts'
import { Random } from '../random.ts'

/** Seed of the split. It is a constant, so every run holds out the same pictures. */
const SEED = 1

/** Ascending indices. */
export interface Parts {
  readonly train: number[]
  readonly validation: number[]
}

/**
 * Splits the pictures into training and validation, with a fixed seed. If annotations are labels, each class gives the same
 * share.
 * @param validation A share of the pictures from 0 (none) to below 1, or a number of them.
 * @throws OptionError if it is neither, or if it leaves no training pictures.
 */
export function holdOut(annotations: ArrayLike<unknown>, validation: number): Parts {
  checkArguments('holdOut()', {
    annotations: [annotations, argument.annotations],
    validation: [validation, rules.number({ minimum: 0 })],
  })
  const total = annotations.length
  const count = validation < 1 ? Math.ceil(validation * total) : validation
  if (!(validation >= 0) || !Number.isInteger(count) || (count >= total && count > 0)) {
    throw new OptionError({
      what: 'The validation part cannot be held out of the training images.',
      expected: `a share from 0 to below 1, or an integer below ${total}, the number of training images`,
      received: describeValue(validation),
      option: 'validation',
    })
  }
  const groups = groupsOf(annotations)
  const random = new Random(SEED)
  const held = new Set<number>()
  for (const [group, quota] of quotas(groups, count, total)) {
    for (const place of random.permutation(group.length).subarray(0, quota)) held.add(group[place])
  }
  const all = Array.from({ length: total }, (_, index) => index)
  return { train: all.filter((index) => !held.has(index)), validation: all.filter((index) => held.has(index)) }
}

/** The pictures of each label. If annotations are not labels, there is one group. */
function groupsOf(annotations: ArrayLike<unknown>): number[][] {
  const groups = new Map<unknown, number[]>()
  for (let index = 0; index < annotations.length; index++) {
    const label = Number.isInteger(annotations[index]) ? annotations[index] : undefined
    const group = groups.get(label)
    if (group) group.push(index)
    else groups.set(label, [index])
  }
  return [...groups.entries()].sort(([a], [b]) => Number(a ?? -1) - Number(b ?? -1)).map(([, group]) => group)
}

/** Number of pictures per group, by the largest remainders. */
function quotas(groups: readonly number[][], count: number, total: number): [group: number[], quota: number][] {
  const exact = groups.map((group) => (group.length * count) / Math.max(total, 1))
  const whole = exact.map(Math.floor)
  let left = count - whole.reduce((sum, quota) => sum + quota, 0)
  const byRemainder = exact.map((quota, index) => ({ index, remainder: quota - whole[index] }))
  byRemainder.sort((a, b) => b.remainder - a.remainder || a.index - b.index)
  for (const { index } of byRemainder) if (left-- > 0) whole[index]++
  return groups.map((group, index) => [group, whole[index]])
}
