/** The suite passes a right quantizer, and refuses every sabotage for the right reason. */
import '@tensorflow/tfjs-backend-cpu'
import { readdirSync } from 'node:fs'
import type nodeTest from 'node:test'
import { defineQuantizer, type Quantizer } from '@onebit/core'
import { describe, expect, test } from 'vitest'
import { ConformanceError, failures, quantizerCases, testQuantizer } from '../src/index.ts'
import { derivative, rightSign } from './sabotage/right-sign.ts'

interface Sabotage {
  readonly default: Quantizer
  readonly message: RegExp
  readonly smooth?: boolean
}

testQuantizer(defineQuantizer(rightSign), { test, derivative })

const files = readdirSync(new URL('./sabotage/', import.meta.url)).filter(
  (file) => file !== 'right-sign.ts' && file.endsWith('.ts'),
)

describe('sabotage', () => {
  test.each(files)('%s is refused with the right message', async (file) => {
    const { default: plugin, message, smooth } = (await import(`./sabotage/${file.slice(0, -3)}.ts`)) as Sabotage
    const cases = quantizerCases(plugin, { derivative: smooth ? undefined : derivative, smooth })
    const failed = await failures(cases)
    const messages = [...failed].map(([name, error]) => `${name}: ${error.message}`)
    expect(messages.join('\n')).toMatch(message)
    for (const error of failed.values()) expect(ConformanceError.isInstance(error)).toBe(true)
  })
})

test('registers with node:test as it does with vitest', () => {
  const names: string[] = []
  const collect: typeof nodeTest = ((name: string) => void names.push(name)) as never
  testQuantizer(defineQuantizer(rightSign), { test: collect })
  expect(names.length).toBeGreaterThan(8)
  expect(new Set(names).size).toBe(names.length)
})
