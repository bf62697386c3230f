/** Optimizers by name, as a recipe writes them. */
import { OptionError } from '@onebit/core'
import { Adam, type AdamOptions } from './adam.ts'
import { AdamW } from './adamw.ts'
import { Bop, type BopOptions } from './bop.ts'
import type { Optimizer } from './optimizer.ts'
import { Sgd, type SgdOptions } from './sgd.ts'

type RealOptimizer = ({ name: 'sgd' } & SgdOptions) | ({ name: 'adam' } & AdamOptions) | ({ name: 'adamw' } & AdamOptions)
type RealReference = RealOptimizer | RealOptimizer['name']

/** A name, or a name with options. `rest` is what trains the weights that Bop does not; default `adam`. */
export type OptimizerReference = RealReference | 'bop' | ({ name: 'bop'; rest?: RealReference } & BopOptions)

const ranges: Readonly<Record<string, readonly [low: number, below: number]>> = {
  momentum: [0, 1],
  beta1: [0, 1],
  beta2: [0, 1],
  epsilon: [0, Number.POSITIVE_INFINITY],
  gamma: [0, 1],
  threshold: [0, Number.POSITIVE_INFINITY],
}

const known: Readonly<Record<string, readonly string[]>> = {
  sgd: ['momentum'],
  adam: ['beta1', 'beta2', 'epsilon'],
  adamw: ['beta1', 'beta2', 'epsilon'],
  bop: ['gamma', 'threshold', 'scheduled', 'rest'],
}

function check(name: string, options: Record<string, unknown>): void {
  if (!known[name]) {
    throw new OptionError({ what: 'There is no such optimizer.', expected: Object.keys(known).join(', '), received: `${name}` })
  }
  for (const [option, value] of Object.entries(options)) {
    if (!known[name].includes(option)) {
      throw new OptionError({
        what: `The optimizer '${name}' has no option '${option}'.`,
        expected: known[name].join(', '),
        received: option,
      })
    }
    const range = ranges[option]
    if (range && !(typeof value === 'number' && value >= range[0] && value < range[1])) {
      throw new OptionError({
        what: `Bad option '${option}' of the optimizer '${name}'.`,
        expected: `a number from ${range[0]} to below ${range[1]}`,
        received: `${value}`,
      })
    }
  }
}

/**
 * @param weightDecay L2 penalty, or for AdamW the decoupled decay.
 * @throws OptionError on an unknown name or option, or a value out of range.
 */
export function createOptimizer(reference: OptimizerReference, weightDecay = 0): Optimizer {
  const { name, ...options } = typeof reference === 'string' ? { name: reference } : reference
  check(name, options)
  if (name === 'sgd') return new Sgd(options as SgdOptions, weightDecay)
  if (name === 'adam') return new Adam(options as AdamOptions, weightDecay)
  if (name === 'adamw') return new AdamW(options as AdamOptions, weightDecay)
  const { rest = 'adam', ...own } = options as BopOptions & { rest?: RealReference }
  if (rest === ('bop' as never) || (rest as { name: string }).name === 'bop') {
    throw new OptionError({ what: 'Bop cannot be the rest of Bop.', expected: 'sgd, adam or adamw' })
  }
  return new Bop(own, createOptimizer(rest, weightDecay))
}
