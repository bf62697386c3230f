/** Verifies that contenders give the same answers as the reference. Only then their speed counts. */
import type { Contender } from './contenders.ts'

export interface Verification {
  readonly name: string
  /** Largest difference from the reference, relative to its largest output. */
  readonly difference: number
  readonly tolerance: number
  readonly verified: boolean
}

export interface Timing {
  readonly name: string
  readonly description: string
  readonly medianMilliseconds: number
  readonly minimumMilliseconds: number
}

/** The time of `of` divided by the time of `to`, or null if one of the two was not verified. */
export interface Ratio {
  readonly of: string
  readonly to: string
  readonly ratio: number | null
}

type Outputs = Readonly<Record<string, ArrayLike<number>>>

/** Infinity if an output is missing, has another length or is not finite. */
export function relativeDifference(expected: Outputs, received: Outputs): number {
  let largest = 0
  let difference = 0
  for (const [name, values] of Object.entries(expected)) {
    const others = received[name]
    if (others?.length !== values.length) return Number.POSITIVE_INFINITY
    for (let i = 0; i < values.length; i++) {
      const distance = Math.abs(values[i] - others[i])
      if (Number.isNaN(distance)) return Number.POSITIVE_INFINITY
      largest = Math.max(largest, Math.abs(values[i]))
      difference = Math.max(difference, distance)
    }
  }
  return largest === 0 ? difference : difference / largest
}

export async function verify(
  contender: Contender,
  inputs: Readonly<Record<string, Float32Array>>,
  expected: Outputs,
): Promise<Verification> {
  const { name, tolerance } = contender
  const difference = relativeDifference(expected, await contender.run(inputs))
  return { name, difference, tolerance, verified: difference <= tolerance }
}

/** The ratio of every other contender to the first, if both answers were verified and the clock measured the first. */
export function verifiedRatios([first, ...others]: readonly Timing[], verifications: readonly Verification[]): Ratio[] {
  const isVerified = (name: string): boolean => verifications.some((entry) => entry.name === name && entry.verified)
  return others.map(({ name, medianMilliseconds }) => ({
    of: name,
    to: first.name,
    ratio:
      isVerified(name) && isVerified(first.name) && first.medianMilliseconds > 0
        ? medianMilliseconds / first.medianMilliseconds
        : null,
  }))
}
