import { describe, expect, it } from 'vitest'
import { DuplicatePluginError, InvalidPluginError, OptionError, PluginNotFoundError } from '../errors.ts'
import { nearestNames } from '../options/nearest-names.ts'
import { createRegistry } from '../registry.ts'
import { defineBlock } from './block.ts'
import { completeOptions } from './plugin.ts'
import { defineQuantizer, type QuantizerDefinition } from './quantizer.ts'
import { checkFrozen, frozenSign, frozenValue, thresholdAtZero } from './thresholds.ts'

const rules = {
  width: { default: 1, min: 0, max: 4 },
  bits: { default: 2, min: 1, integer: true },
  learned: { default: false },
  scale: { default: 'none', values: ['none', 'per-channel'] },
} as const

function quantizer(change: Partial<QuantizerDefinition<typeof rules>> = {}) {
  const definition: QuantizerDefinition<typeof rules> = {
    name: 'hard-sign',
    for: ['activation'],
    options: rules,
    forward: (x) => x,
    gradient: (x) => x,
    freeze: () => thresholdAtZero,
    ...change,
  }
  return defineQuantizer(definition)
}

describe('defineQuantizer', () => {
  it('makes a frozen plugin', () => {
    expect(quantizer()).toMatchObject({ kind: 'quantizer', name: 'hard-sign', options: rules })
    expect(Object.isFrozen(quantizer())).toBe(true)
  })

  it.each([
    ['a name with capitals', { name: 'HardSign' }, /kebab-case/],
    ['an empty name', { name: '' }, /kebab-case/],
    ['no target', { for: [] }, /quantizes nothing/],
    ['no gradient', { gradient: undefined }, /no gradient/],
    ['two gradients', { surrogate: (x: never) => x }, /two gradients/],
  ])('refuses %s', (_, change, message) => {
    expect(() => quantizer(change)).toThrow(InvalidPluginError)
    expect(() => quantizer(change)).toThrow(message)
  })
})

describe('options', () => {
  it('fill in defaults', () => {
    expect(completeOptions(quantizer(), { width: 0 })).toEqual({ width: 0, bits: 2, learned: false, scale: 'none' })
  })

  it.each([
    [{ widht: 1 }, /no option 'widht'.*Did you mean 'width'/],
    [{ constructor: 1 }, /no option 'constructor'/],
    [{ width: -1 }, /'width'.*at least 0 and of at most 4, received -1/],
    [{ width: Number.NaN }, /'width'/],
    [{ width: '1' }, /'width'.*a number.*received "1"/],
    [{ bits: 1.5 }, /an integer of at least 1, received 1.5/],
    [{ learned: 1 }, /true or false/],
    [{ scale: 'all' }, /'none' or 'per-channel', received "all"/],
  ])('refuse %j', (given, message) => {
    expect(() => completeOptions(quantizer(), given)).toThrow(OptionError)
    expect(() => completeOptions(quantizer(), given)).toThrow(message)
  })
})

describe('nearestNames', () => {
  it('finds what a person meant, best first, at most three', () => {
    const known = ['approx-sign', 'ste-sign', 'swish-sign', 'dorefa']
    expect(nearestNames('aprox-sign', known)[0]).toBe('approx-sign')
    expect(nearestNames('STE-sign', known)[0]).toBe('ste-sign')
    expect(nearestNames('sign', ['sigm', 'sing', 'signs', 'sine'])).toHaveLength(3)
    expect(nearestNames('zzzz', known)).toEqual([])
    // The nearest comes first, wherever it stands. Equally near ones keep the order of the known names.
    expect(nearestNames('sign', ['sine', 'sing', 'signs', 'sign'])).toEqual(['sign', 'signs', 'sine'])
  })
})

describe('createRegistry', () => {
  const block = defineBlock({ name: 'hard-sign', convolutions: 1, apply: (inputs) => inputs })
  const registry = createRegistry([[quantizer(), [block]], quantizer({ name: 'other' })])

  it('resolves a name, a record, an object and a configured object', () => {
    const plugin = registry.resolve('quantizer', 'hard-sign').plugin
    expect(plugin.name).toBe('hard-sign')
    expect(registry.resolve('quantizer', { name: 'hard-sign', width: 3 })).toMatchObject({
      plugin,
      options: { width: 3, bits: 2 },
    })
    expect(registry.quantizer(plugin).options.width).toBe(1)
    expect(registry.quantizer({ plugin, options: { width: 2 } }).options).toMatchObject({ width: 2, bits: 2 })
    expect(registry.resolve('block', 'hard-sign').plugin).toBe(block)
  })

  it('lists in order, by kind', () => {
    expect(registry.list('quantizer').map(({ name }) => name)).toEqual(['hard-sign', 'other'])
    expect(registry.list()).toHaveLength(3)
  })

  it('refuses unknown names, with the nearest', () => {
    expect(() => registry.resolve('quantizer', 'hard-sing')).toThrow(PluginNotFoundError)
    expect(() => registry.resolve('quantizer', 'hard-sing')).toThrow(/Did you mean 'hard-sign'\? Known: hard-sign, other\./)
    expect(() => registry.resolve('network', 'resnet')).toThrow(/No networks are registered/)
  })

  it('refuses duplicates of a kind, and values that are not plugins', () => {
    expect(() => createRegistry([quantizer(), quantizer({ package: '@them/x' })])).toThrow(DuplicatePluginError)
    expect(() => createRegistry([quantizer(), quantizer({ package: '@them/x' })])).toThrow(/one from @them\/x/)
    expect(() => createRegistry([{ name: 'x' } as never])).toThrow(InvalidPluginError)
  })
})

describe('frozen quantizers', () => {
  const several = { thresholds: [[-1, 0.5, 2]], first: [1 as const, -1 as const], low: [0], high: [3, 5] }

  it('flip at every threshold passed, itself included', () => {
    expect([-2, -1, 0, 0.5, 1, 2, 3].map((x) => frozenSign(several, x, 0))).toEqual([1, -1, -1, 1, 1, -1, -1])
    expect(frozenSign(several, -2, 1)).toBe(-1)
    expect([0, -0, -5e-324].map((x) => frozenSign(thresholdAtZero, x, 7))).toEqual([1, 1, -1])
  })

  it('give the levels of their channel', () => {
    expect([frozenValue(several, 0, 0), frozenValue(several, 0, 1), frozenValue(several, 1, 0)]).toEqual([0, 5, 3])
    expect(frozenValue(thresholdAtZero, -1, 0)).toBe(-1)
  })

  it.each([
    [{ ...thresholdAtZero, first: [1, 1, 1] }, /first fit no channel count.*1 or 2 entries, received 3/],
    [{ ...thresholdAtZero, thresholds: [[1, 0]] }, /not sorted/],
    [{ ...thresholdAtZero, thresholds: [[Number.NaN]] }, /not sorted/],
    [{ ...thresholdAtZero, first: [0] }, /neither/],
  ])('are refused: %j', (frozen, message) => {
    expect(() => checkFrozen('mine', frozen as never, 2)).toThrow(InvalidPluginError)
    expect(() => checkFrozen('mine', frozen as never, 2)).toThrow(message)
  })

  it('are accepted with infinite thresholds and one list for all', () => {
    expect(() => checkFrozen('mine', { thresholds: [[-Infinity, 0, Infinity]], first: [1, -1] }, 2)).not.toThrow()
  })
})
