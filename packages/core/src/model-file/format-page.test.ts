/** docs/model-file.md agrees with the code: its tables come from the definitions, its constants from the functions. */
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { testTables } from '../../../../test/generated-tables.ts'
import { type Row, table } from '../../../../test/markdown-table.ts'
import { LARGEST_INTEGER, LONGEST_NAME, MOST_AXES, MOST_ELEMENTS } from '../graph/limits.ts'
import type { AttributeRule, OpDefinition } from '../graph/ops/definition.ts'
import { OP_NAMES, OPS } from '../graph/ops/index.ts'
import { ACTIVATION_FUNCTIONS } from '../graph/ops/pointwise.ts'
import { FORMAT, METADATA_KEYS, VERSION } from './format.ts'
import { graphFromJson } from './graph-from-json.ts'
import { DEFAULT_LIMITS, LIMIT_UNITS, type ModelLimits } from './model-limits.ts'
import { grouped } from './refuse.ts'
import { LONGEST_HEADER } from './safetensors.ts'
import { DEEPEST } from './strict-json.ts'

const PAGE = new URL('../../../../docs/model-file.md', import.meta.url)
const FUNCTIONS = new URL('../reference/elementary-functions.ts', import.meta.url)

const code = (text: string): string => `\`${text}\``

function attribute([name, { expected, fallback }]: [string, AttributeRule<unknown>]): string {
  const standard = fallback === undefined ? '' : `, default ${code(JSON.stringify(fallback))}`
  return `${code(name)}: ${expected.replaceAll("'", '`')}${standard}`
}

function opRow(op: (typeof OP_NAMES)[number]): Row {
  const { inputs, variadic, tensors, attributes } = OPS[op] as unknown as OpDefinition
  const roles = Object.entries(tensors).map(
    ([role, { dtypes, optional }]) => `${code(role + (optional ? '?' : ''))} ${dtypes.join(' or ')}`,
  )
  const takes = inputs.map((types) => types.join('/')).join(' | ') + (variadic ? ' ...' : '')
  const rules = Object.entries(attributes as Record<string, AttributeRule<unknown>>).map(attribute)
  return [code(op), takes || 'none', roles.join('; ') || 'none', rules.join('; ') || 'none']
}

const TABLES: Readonly<Record<string, string>> = {
  ops: table(['op', 'inputs', 'tensors', 'attributes'], OP_NAMES.map(opRow)),
  bounds: table(
    ['what', 'at most'],
    [
      ['bytes of the header', grouped(LONGEST_HEADER)],
      ['objects and lists in each other, in the header and in the graph', grouped(DEEPEST)],
      ['UTF-16 units of a name', grouped(LONGEST_NAME)],
      ['axes of a shape, the batch left out', grouped(MOST_AXES)],
      ['elements of a value or tensor', grouped(MOST_ELEMENTS)],
      ['an integer attribute or a size', grouped(LARGEST_INTEGER)],
    ],
  ),
  limits: table(
    ['limit', 'what it bounds', 'default'],
    Object.entries(DEFAULT_LIMITS).map(([name, value]) => [code(name), LIMIT_UNITS[name as keyof ModelLimits], grouped(value)]),
  ),
}

describe('the page of the format', async () => {
  const page = await readFile(PAGE, 'utf8')

  testTables(PAGE, TABLES)

  it('gives the meaning of every op, and of no other', () => {
    const sections = [...page.matchAll(/^### `(\w+)`$/gm)].map(([, op]) => op)
    expect(sections).toEqual(OP_NAMES)
  })

  it('defines every elementary function, with all constants of its code', async () => {
    const [block] = /```text\n[\s\S]*?```/.exec(page)!
    const defined = [...block.matchAll(/^([a-z-]+)\(x\): /gm)].map(([, name]) => name)
    expect(defined.filter((name) => name !== 'reduce').sort()).toEqual([...ACTIVATION_FUNCTIONS].sort())
    const source = await readFile(FUNCTIONS, 'utf8')
    const constants = [...source.matchAll(/^const ([A-Z][A-Z0-9_]+) = (\[[^\]]*\]|[\d.e-]+)/gm)]
    expect(constants.length).toBeGreaterThan(7)
    const plain = block.replace(/\s+/g, ' ')
    for (const [, name, value] of constants) expect(plain).toContain(`${name} = ${value.replace(/\s+/g, ' ')}`)
  })

  it('shows a graph that the reader takes, and whose nodes leave out what is implied', () => {
    const [, example] = /```json\n([\s\S]*?)```/.exec(page)!
    const { nodes, bits } = graphFromJson(example, (name) => !name.endsWith('.bias'), DEFAULT_LIMITS)
    expect(nodes.map(({ name, inputs }) => [name, ...inputs].join(' '))).toEqual([
      'conv1 image',
      'signs conv1',
      'conv2 signs',
      'norm conv2',
      'sum norm conv1',
      'scaled sum',
      'pooled scaled',
      'scores pooled',
    ])
    expect(nodes[0].tensors).toEqual({ weights: 'conv1.weights' })
    expect(nodes[5].tensors).toEqual({ scale: 'scaled.scale', shift: 'norm.shift' })
    expect(bits).toEqual(new Map([['signs.first', [1]]]))
  })

  it('names format, version and keys', () => {
    for (const key of METADATA_KEYS) expect(page).toContain(`| ${code(key)}`)
    expect(page).toContain(`| ${code(FORMAT)}`)
    expect(page).toContain(`| ${code(String(VERSION))};`)
  })
})
