/** A published network with its names resolved. */
import {
  type Block,
  type Configured,
  type Network,
  nearestNames,
  PluginNotFoundError,
  type Quantizer,
  type Registry,
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

/**
 * The parts of a published network, found in the caller's registry.
 * @param published Its name, or its parts as data.
 * @throws PluginNotFoundError if there is no such network, or the registry lacks a part of it.
 */
export function publishedNetwork(registry: Registry, published: string | PublishedNetwork): ResolvedNetwork {
  const { network, block, activation, weight, input, classes } = typeof published === 'string' ? named(published) : published
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
