/** Resolves the names of published networks. */
import {
  type Block,
  type Configured,
  checkArgument,
  checkOptions,
  type HeadReference,
  type Network,
  nearestNames,
  PluginNotFoundError,
  type Quantizer,
  type Registry,
  rules,
  type ValueRules,
} from '@onebit/core'
import type { PublishedNetwork, PublishedPoseNetwork } from './published-network.ts'
import { publishedNetworks } from './published-networks.ts'
import { publishedPoseNetworks } from './published-pose-networks.ts'

interface ResolvedParts extends Pick<PublishedNetwork, 'input'> {
  readonly network: Configured<Network>
  readonly block: Configured<Block>
  readonly activation?: Configured<Quantizer>
  readonly weight?: Configured<Quantizer>
}

const { anything, integer, list } = rules

/** The registry checks the references. */
const PARTS = {
  network: anything,
  block: anything,
  activation: anything,
  weight: anything,
  input: list(integer({ minimum: 1 }), { length: 3 }),
  paper: rules.record(anything),
}
const CLASSIFIER: ValueRules<keyof PublishedNetwork> = { ...PARTS, classes: integer({ minimum: 1 }), head: anything }
const POSE: ValueRules<keyof PublishedPoseNetwork> = { ...PARTS, dataset: anything }
const REQUIRED = ['network', 'block', 'input'] as const

/** A published network in the form that `composeModel` and `classifier` take. */
export interface ResolvedNetwork extends ResolvedParts, Pick<PublishedNetwork, 'classes'> {
  /** Only with its stated options, because the task knows the others. */
  readonly head?: HeadReference
}

/** A published network of human pose in the form that `composeModel` takes. */
export type ResolvedPoseNetwork = ResolvedParts

function partsOf(registry: Registry, published: PublishedNetwork | PublishedPoseNetwork): ResolvedParts {
  const { network, block, activation, weight, input } = published
  return {
    network: registry.resolve('network', network),
    block: registry.resolve('block', block),
    ...(activation !== undefined && { activation: registry.resolve('quantizer', activation) }),
    ...(weight !== undefined && { weight: registry.resolve('quantizer', weight) }),
    input,
  }
}

/**
 * The parts of a published network, found in the caller's registry.
 * @param published Its name, or its parts as data.
 * @throws PluginNotFoundError if there is no such network, or the registry lacks a part of it.
 */
export function publishedNetwork(registry: Registry, published: string | PublishedNetwork): ResolvedNetwork {
  checkRegistry('publishedNetwork()', registry)
  const network =
    typeof published === 'string'
      ? named(published, publishedNetworks)
      : checkOptions('publishedNetwork()', published, CLASSIFIER, [...REQUIRED, 'classes'])
  const { classes, head } = network
  if (head !== undefined) registry.resolve('head', head)
  // Other packages declare the names of heads, so this one knows none of them.
  return { ...partsOf(registry, network), classes, ...(head !== undefined && { head: head as unknown as HeadReference }) }
}

/**
 * The parts of a published network of human pose, found in the caller's registry.
 * @param published Its name, or its parts as data.
 * @throws PluginNotFoundError if there is no such network, or the registry lacks a part of it.
 */
export function publishedPoseNetwork(registry: Registry, published: string | PublishedPoseNetwork): ResolvedPoseNetwork {
  checkRegistry('publishedPoseNetwork()', registry)
  const network =
    typeof published === 'string'
      ? named(published, publishedPoseNetworks)
      : checkOptions('publishedPoseNetwork()', published, POSE, [...REQUIRED, 'dataset'])
  return partsOf(registry, network)
}

function checkRegistry(title: string, registry: Registry): void {
  checkArgument(title, 'registry', registry, rules.object({ resolve: rules.callback }))
}

function named<Published>(name: string, networks: Readonly<Record<string, Published>>): Published {
  if (Object.hasOwn(networks, name)) return networks[name]
  const known = Object.keys(networks)
  const [nearest] = nearestNames(name, known)
  throw new PluginNotFoundError({
    what: `There is no published network named '${name}'.${nearest ? ` Did you mean '${nearest}'?` : ''}`,
    fix: `Known: ${known.join(', ')}.`,
  })
}
