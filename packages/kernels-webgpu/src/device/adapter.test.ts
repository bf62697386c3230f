import { expect, test } from 'vitest'
import { describeAdapter } from './adapter.ts'

/** Descriptions of adapters by engines. All but those of graphics cards were read from them. */
test.each([
  ['Chromium', { vendor: 'google', architecture: 'swiftshader' }, 'google swiftshader', true, false],
  ['Dawn in Node', { vendor: 'google', description: 'SwiftShader driver 5.0.0' }, 'SwiftShader driver 5.0.0', true, false],
  ['Deno', { vendor: '65541', description: 'llvmpipe (LLVM 15.0.6, 256 bits)' }, 'llvmpipe (LLVM 15.0.6, 256 bits)', true, true],
  ['Firefox', { vendor: '', description: '', isFallbackAdapter: true }, 'an adapter without a name', true, true],
  ['Windows', { vendor: 'microsoft', description: 'Microsoft Basic Render Driver' }, 'Microsoft Basic Render Driver', true, true],
  ['a card', { vendor: 'nvidia', architecture: 'hopper', isFallbackAdapter: false }, 'nvidia hopper', false, true],
  ['a silent browser', {}, 'an adapter without a name', false, true],
])('%s', (_, info, name, isSoftware, fusesProducts) => {
  expect(describeAdapter({ info })).toEqual({ name, isSoftware, fusesProducts })
})

test('older browsers report software in another place', () => {
  expect(describeAdapter({ info: { vendor: 'x' }, isFallbackAdapter: true }).isSoftware).toBe(true)
})
