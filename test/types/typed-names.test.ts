/** Names and options complete in an editor, also those of third parties. The types agree with the rules. */
import blocks from '@onebit/blocks'
import classify from '@onebit/classify'
import { type OptionRule, type Plugin, ruleType } from '@onebit/core'
import kd from '@onebit/kd'
import networks from '@onebit/networks'
import quantizers from '@onebit/quantizers'
import segment from '@onebit/segment'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Editor, openEditor } from './editor.ts'

const HEAD = `
import '@onebit/blocks'
import '@onebit/kd'
import '@onebit/networks'
import '@onebit/quantizers'
import '@onebit/segment'
import { classifier } from '@onebit/classify'
import type { BlockReference, DistillerReference, HeadReference, LossReference, NetworkReference, QuantizerReference, Registry, TaskReference } from '@onebit/core'
declare const registry: Registry
`
const STRANGER = `
declare module '@onebit/core' {
  interface QuantizerNames { 'their-sign': { width: number; side: 'left' | 'right' } }
}
`
const call = (parts: string): string =>
  `classifier(registry, { classes: 10, input: [28, 28, 1], network: 'resnet-small', ${parts} })`

let editor: Editor
beforeAll(() => {
  editor = openEditor()
  editor.errors(HEAD)
}, 120_000)

const named = (plugins: readonly Plugin[], kind: string): string[] =>
  plugins.filter((plugin) => plugin.kind === kind).map(({ name }) => name)

describe('completions', () => {
  test.each([
    ['activation', quantizers],
    ['block', blocks],
  ] as const)("of `%s: '` are the names of its kind and nothing else", (part, plugins) => {
    const found = editor.completions(HEAD + call(`${part === 'block' ? '' : "block: 'bi-real', "}${part}: '¦'`))
    expect(found.sort()).toEqual(plugins.map(({ name }) => name).sort())
  })

  test('of a record are the names, then the options of the one that is named, and no methods of strings', () => {
    const names = editor.completions(HEAD + call("block: 'bi-real', weight: { name: '¦' }"))
    expect(names.sort()).toEqual(named(quantizers, 'quantizer').sort())
    const options = editor.completions(HEAD + call("block: 'bi-real', weight: { name: 'magnitude-aware-sign', ¦ }"))
    expect(options).toEqual(expect.arrayContaining(['gradient', 'scale']))
    // Names of other techniques' options and of string methods.
    for (const other of ['bits', 'width', 'charAt', 'toString', 'length']) expect(options).not.toContain(other)
    const values = editor.completions(HEAD + call("block: 'bi-real', weight: { name: 'magnitude-aware-sign', scale: '¦' }"))
    expect(values.sort()).toEqual(['per-channel', 'per-tensor'])
  })

  test("a stranger's names and options complete beside the house's", () => {
    const names = editor.completions(HEAD + STRANGER + call("block: 'bi-real', activation: '¦'"))
    expect(names).toContain('their-sign')
    expect(names).toContain('approx-sign')
    const options = editor.completions(HEAD + STRANGER + call("block: 'bi-real', activation: { name: 'their-sign', ¦ }"))
    expect(options).toEqual(expect.arrayContaining(['side', 'width']))
    expect(
      editor.errors(HEAD + STRANGER + call("block: 'bi-real', activation: { name: 'their-sign', width: 2, side: 'left' }")),
    ).toEqual([])
    const wrong = editor.errors(HEAD + STRANGER + call("block: 'bi-real', activation: { name: 'their-sign', side: 'up' }"))
    expect(wrong.map(({ message }) => message).join()).toMatch(/"up"/)
  })
})

/** A value that a rule accepts, as source text. */
function accepted(rule: OptionRule): string {
  if (rule.default !== undefined) return JSON.stringify(rule.default)
  if (ruleType(rule) === 'text') return "'text'"
  if ('values' in rule) return JSON.stringify(rule.values[0])
  return ruleType(rule) === 'boolean' ? 'true' : `${('min' in rule && rule.min) || 1}`
}

describe('types agree with the rules', () => {
  const types = {
    quantizer: 'QuantizerReference',
    block: 'BlockReference',
    network: 'NetworkReference',
    head: 'HeadReference',
    task: 'TaskReference',
    loss: 'LossReference',
    distiller: 'DistillerReference',
  } as Record<string, string>
  const tasks = [...classify, ...segment]
  const losses = tasks.flatMap((plugin) => ('losses' in plugin ? (plugin.losses as readonly Plugin[]) : []))
  const plugins = [...quantizers, ...blocks, ...networks, ...tasks, ...losses, ...kd]

  test('options of every plugin that ships: their names, their values, and no others', () => {
    const lines: { readonly text: string; readonly compiles: boolean }[] = []
    for (const { kind, name, options } of plugins) {
      const add = (record: string, compiles: boolean): void => {
        lines.push({ text: `export const it${lines.length}: ${types[kind]} = { name: '${name}', ${record} }`, compiles })
      }
      const entries = Object.entries(options)
      add(entries.map(([option, rule]) => `${option}: ${accepted(rule)}`).join(', '), true)
      add("'no-such-option': 1", false)
      for (const [option, rule] of entries) {
        add(`${option}: {}`, false)
        if (!('values' in rule)) continue
        for (const value of rule.values) add(`${option}: ${JSON.stringify(value)}`, true)
        add(`${option}: 'no-such-value'`, false)
      }
    }
    const first = HEAD.split('\n').length - 1
    const wrong = new Set(editor.errors(HEAD + lines.map(({ text }) => text).join('\n')).map(({ line }) => line - first))
    expect(lines.length).toBeGreaterThan(150)
    expect(lines.filter(({ compiles }, index) => compiles === wrong.has(index)).map(({ text }) => text)).toEqual([])
  })
})
