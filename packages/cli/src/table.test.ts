import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Shell } from './shell.ts'
import { type Column, printTable } from './table.ts'

const columns: readonly Column[] = [
  { title: 'layer' },
  { title: 'kernel', leaveOut: 2 },
  { title: 'bits', align: 'right', leaveOut: 1 },
]
const rows = [
  ['stem', 'floatConv', '32'],
  ['head', 'lookup', '1'],
]

function printed(stream: { isTTY?: boolean; columns?: number }): string[] {
  let text = ''
  const write = (part: string): void => {
    text += part
  }
  printTable(new Shell({ stdout: { ...stream, write } }), columns, rows)
  return stripVTControlCharacters(text).split('\n')
}

describe('printTable', () => {
  it('prints every column away from a terminal, without blanks at the ends of lines', () => {
    expect(printed({ columns: 5 })).toEqual(['layer  kernel     bits', 'stem   floatConv    32', 'head   lookup        1', ''])
  })

  it('leaves out columns until a terminal is wide enough, and says which', () => {
    expect(printed({ isTTY: true, columns: 22 })[0]).toBe('layer  kernel     bits')
    const narrow = printed({ isTTY: true, columns: 21 })
    expect(narrow).toEqual(['layer  bits', 'stem     32', 'head      1', 'A wider terminal shows: kernel.', ''])
    expect(printed({ isTTY: true, columns: 6 }).at(-2)).toBe('A wider terminal shows: kernel, bits.')
  })

  it('breaks the lines of a column that wraps at blanks, on a terminal that is too narrow', () => {
    let text = ''
    const write = (part: string): void => {
      text += part
    }
    const stdout = { isTTY: true, columns: 28, write }
    printTable(
      new Shell({ stdout }),
      [{ title: 'name' }, { title: 'options', wraps: true }],
      [['rsign', ['estimator = approx (ste, approx)', 'clip = 1']]],
    )
    const lines = stripVTControlCharacters(text).split('\n')
    expect(lines).toEqual(['name   options', 'rsign  estimator = approx', '         (ste, approx)', '       clip = 1', ''])
  })
})
