import { describe, expect, test, vi } from 'vitest'
import { reportError } from './report-error.ts'
import { Shell } from './shell.ts'
import { printTable } from './table.ts'

/** A shell with its output to both streams. */
function recorded(options: { isTTY?: boolean; json?: boolean; debug?: boolean } = {}) {
  let text = ''
  const stream = { write: (part: string) => (text += part), isTTY: options.isTTY ?? false, columns: 80 }
  vi.stubEnv('NO_COLOR', '')
  vi.stubEnv('FORCE_COLOR', '')
  const { isTTY: _, ...flags } = options
  return { shell: new Shell({ ...flags, stdout: stream, stderr: stream }), written: () => text }
}

const SPITEFUL = 'cat\r\b\b\u001b[2K\u001b]0;title\u0007\u009b1A\nsaved\u202e'
const SHOWN = 'cat\\r\\b\\b\\u001b[2K\\u001b]0;title\\u0007\\u009b1A\\nsaved\\u202e'

describe.each([true, false])('on a terminal: %s', (isTTY) => {
  test.each<[string, (shell: Shell) => void]>([
    ['print', (shell) => shell.print(SPITEFUL)],
    ['note', (shell) => shell.note(SPITEFUL)],
    ['an error', (shell) => reportError(new Error(SPITEFUL), shell)],
    [
      'a table',
      (shell) =>
        printTable(
          shell,
          [{ title: 'name' }, { title: 'x' }],
          [
            [SPITEFUL, '1'],
            ['b', '2'],
          ],
        ),
    ],
    ['a colored word', (shell) => shell.print(shell.colors.bold(SPITEFUL))],
  ])('%s shows control characters of a name and does not send them', (_, write) => {
    const { shell, written } = recorded({ isTTY })
    write(shell)
    expect(written()).toContain(SHOWN)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(written().replace(/\u001b\[(?:[0-2]|22|3[1-79])m/g, '')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  })
})

test('hidden characters of a name are shown', () => {
  const { shell, written } = recorded({ isTTY: true })
  shell.print('a\u001b[8mb')
  expect(written()).toBe('a\\u001b[8mb\n')
})

test('colors arrive on a terminal', () => {
  const { shell, written } = recorded({ isTTY: true })
  shell.print(`${shell.colors.bold('a')} ${shell.colors.green('b')}`)
  expect(written()).toBe('\u001b[1ma\u001b[22m \u001b[32mb\u001b[39m\n')
})

test('JSON keeps control characters, escaped', () => {
  const { shell, written } = recorded({ json: true })
  shell.result({ label: SPITEFUL, deep: [1] })
  expect(JSON.parse(written())).toEqual({ label: SPITEFUL, deep: [1] })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(written()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
})

test('a stack is printed in lines', () => {
  const { shell, written } = recorded({ debug: true })
  reportError(new Error('x'), shell)
  expect(written().split('\n').length).toBeGreaterThan(3)
})
