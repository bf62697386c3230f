/** Every technique that ships with Onebit, under its name. */
import blocks from '@onebit/blocks'
import classify from '@onebit/classify'
import { createRegistry, type Registry } from '@onebit/core'
import networks from '@onebit/networks'
import quantizers from '@onebit/quantizers'
import train from '@onebit/train'

export function defaultRegistry(): Registry {
  return createRegistry([quantizers, blocks, networks, classify, train])
}
