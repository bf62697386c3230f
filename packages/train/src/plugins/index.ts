/** The plugins that this package brings. */
import { createRegistry, type Plugin, type Registry } from '@onebit/core'
import { adam } from '../optimizers/adam.ts'
import { adamw } from '../optimizers/adamw.ts'
import { bop } from '../optimizers/bop.ts'
import { sgd } from '../optimizers/sgd.ts'
import { clip } from './clip.ts'
import { leakyClip } from './leaky-clip.ts'
import { relu } from './relu.ts'
import { tanh } from './tanh.ts'

/** Optimizers, and real stand-ins for the stages before binary ones. Pass them to `createRegistry`. */
export const plugins: readonly Plugin[] = [sgd, adam, adamw, bop, tanh, clip, leakyClip, relu]

/** A registry that looks in the given registry first, then in these plugins. */
export function withTrainingPlugins(registry: Registry | undefined): Registry {
  const own = registry?.list() ?? []
  const names = new Set(own.map(({ kind, name }) => `${kind} ${name}`))
  return createRegistry([...own, ...plugins.filter(({ kind, name }) => !names.has(`${kind} ${name}`))])
}
