/** Resolves a quantizer that is passed to a layer, and checks that it is for this side. */
import { type Configured, completeOptions, describeValue, OptionError, type Quantizer, type QuantizerTarget } from '@onebit/core'

/** The result of a registry's `quantizer(name)`, or the quantizer itself with its default options. */
export type QuantizerOption = Configured<Quantizer> | Quantizer

function configuredOf(title: string, option: string, value: unknown): Configured<Quantizer> {
  const given = value as Partial<Configured<Quantizer>> & Partial<Quantizer>
  const plugin = given?.plugin ?? (given?.kind === 'quantizer' ? (given as Quantizer) : undefined)
  if (plugin?.kind === 'quantizer') return { plugin, options: completeOptions(plugin, given.plugin ? given.options : {}) }
  const name = typeof value === 'string' ? value : given?.name
  throw new OptionError({
    what: `${title} refuses its option '${option}'.`,
    expected: 'a quantizer, or the result of registry.quantizer(...)',
    received: describeValue(value),
    fix:
      typeof name === 'string'
        ? `A layer has no registry to look names up in: give createRegistry(quantizers).quantizer('${name}').`
        : undefined,
  })
}

/**
 * The quantizer of one side, or undefined for none.
 * @throws OptionError if the value is a name or no quantizer, or if the quantizer is for the other side.
 */
export function quantizerOption(
  title: string,
  option: string,
  target: QuantizerTarget,
  value: unknown,
): Configured<Quantizer> | undefined {
  return value === undefined || value === null ? undefined : requiredQuantizer(title, option, target, value)
}

/**
 * The quantizer of one side.
 * @throws OptionError if the value is a name or no quantizer, or if the quantizer is for the other side.
 */
export function requiredQuantizer(title: string, option: string, target: QuantizerTarget, value: unknown): Configured<Quantizer> {
  const configured = configuredOf(title, option, value)
  const { name, for: targets } = configured.plugin
  if (!targets.includes(target)) {
    throw new OptionError({
      what: `The quantizer '${name}' cannot quantize the ${target} of ${title}.`,
      expected: `a quantizer for ${target}`,
      received: `one for ${targets.join(' and ')}`,
    })
  }
  return configured
}
