/** The code of `docs/writing-a-quantizer.md` is what it says: short, and conformant. */
import '@tensorflow/tfjs-backend-cpu'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { Quantizer } from '@onebit/core'
import { expect, test } from 'vitest'
import { failures, quantizerCases } from '../src/index.ts'

test('the guide makes a conformant quantizer in under 60 lines', async () => {
  const guide = readFileSync(new URL('../../../docs/writing-a-quantizer.md', import.meta.url), 'utf8')
  const blocks = [...guide.matchAll(/```(?:ts|js|sh)\n([\s\S]*?)```/g)].map(([, code]) => code)
  const [setUp, code, suite, publish] = blocks
  expect([setUp, code, suite, publish].join('').split('\n').length).toBeLessThan(60)
  const file = new URL(`./.guide-${process.pid}.ts`, import.meta.url)
  writeFileSync(file, code)
  try {
    const { triangleSign } = (await import(/* @vite-ignore */ file.pathname)) as { triangleSign: Quantizer }
    const derivative = (x: number, { options }: { options: Record<string, unknown> }): number => {
      const width = Number(options.width)
      return Math.max(1 - Math.abs(x) / width, 0) / width
    }
    expect(suite).toContain('Math.max(1 - Math.abs(x) / width, 0) / width')
    expect(await failures(quantizerCases(triangleSign, { derivative, variants: [{ width: 2 }] }))).toEqual(new Map())
  } finally {
    rmSync(file)
  }
})
