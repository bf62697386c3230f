/** A published network with its names resolved. */
import {
  type Block,
  type Configured,
  checkArgument,
  checkOptions,
  type Network,
  nearestNames,
  PluginNotFoundError,
  type Quantizer,
  type Registry,
  rules,
  type ValueRules,
} from '@onebit/core'
import type { PublishedNetwork } from './published-network.ts'
import { publishedNetworks } from './published-networks.ts'

/** A published network as `composeModel` and `classifier` take it. */
export interface ResolvedNetwork extends Pick<PublishedNetwork, 'input' | 'classes'> {
  readonly network: Configured<Network>
  readonly block: Configured<Block>
  readonly activation?: Configured<Quantizer>
  readonly weight?: Configured<Quantizer>
}

const { anything, integer, list } = rules

/** A registry looks at the references. */
const PARTS: ValueRules<keyof PublishedNetwork> = {
  network: anything,
  block: anything,
  activation: anything,
  weight: anything,
  input: list(integer({ minimum: 1 }), { length: 3 }),
  classes: integer({ minimum: 1 }),
  paper: rules.record(anything),
}
const REQUIRED = ['network', 'block', 'input', 'classes'] as const

/**
 * The parts of a published network, found in the caller's registry.
 * @param published Its name, or its parts as data.
 * @throws PluginNotFoundError if there is no such network, or the registry lacks a part of it.
 */
export function publishedNetwork(registry: Registry, published: string | PublishedNetwork): ResolvedNetwork {
  checkArgument('publishedNetwork()', 'registry', registry, rules.object({ resolve: rules.callback }))
  const found = typeof published === 'string' ? named(published) : checkOptions('publishedNetwork()', published, PARTS, REQUIRED)
  const { network, block, activation, weight, input, classes } = found
  return {
    network: registry.resolve('network', network),
    block: registry.resolve('block', block),
    ...(activation !== undefined && { activation: registry.resolve('quantizer', activation) }),
    ...(weight !== undefined && { weight: registry.resolve('quantizer', weight) }),
    input,
    classes,
  }
}

function named(name: string): PublishedNetwork {
  if (Object.hasOwn(publishedNetworks, name)) return publishedNetworks[name]
  const known = Object.keys(publishedNetworks)
  const [nearest] = nearestNames(name, known)
  throw new PluginNotFoundError({
    what: `There is no published network named '${name}'.${nearest ? ` Did you mean '${nearest}'?` : ''}`,
    fix: `Known: ${known.join(', ')}.`,
  })
}
