/** The messages for each kind of error, for people and for scripts. */
import { InputError } from '@onebit/core'
import { expect, test } from 'vitest'
import { InterruptedError } from './errors.ts'
import { EXIT } from './exit-codes.ts'
import { reportError } from './report-error.ts'
import { Shell } from './shell.ts'

function reported(error: unknown, options: { debug?: boolean; signal?: AbortSignal } = {}) {
  const [out, err] = [[] as string[], [] as string[]]
  const stdout = { write: (text: string) => out.push(text) }
  const stderr = { write: (text: string) => err.push(text) }
  const code = reportError(error, new Shell({ stdout, stderr, json: true, ...options }))
  return { code, note: err.join(''), error: JSON.parse(out.join('')).error }
}

const mistake = new InputError({ what: 'A picture has no pixels.', fix: 'Give another.' })
const bug = new TypeError('x is not a function')

test('exit codes are the documented ones', () => {
  expect(EXIT).toEqual({ success: 0, bug: 1, usage: 2, interrupted: 130 })
})

test('a mistake exits with 2, and says what to do', () => {
  const { code, note, error } = reported(mistake)
  expect(code).toBe(2)
  expect(note).toBe('InputError: A picture has no pixels. Give another.\n')
  expect(error).toEqual({ name: 'InputError', message: 'A picture has no pixels. Give another.' })
})

test('an unexpected error exits with 1, and asks for a report', () => {
  const { code, note, error } = reported(bug)
  expect(code).toBe(1)
  expect(note).toMatch(/^TypeError: x is not a function\nThis is a bug in Onebit\. .*--debug/)
  expect(error).toEqual({ name: 'TypeError', message: 'x is not a function' })
  expect(reported('text that was thrown')).toMatchObject({ code: 1, error: { name: 'Error', message: 'text that was thrown' } })
})

test('with --debug the stack of either appears, without a word of reporting', () => {
  expect(reported(mistake, { debug: true }).note).toMatch(/\n {4}at /)
  const { code, note } = reported(bug, { debug: true })
  expect(code).toBe(1)
  expect(note).toMatch(/\n {4}at /)
  expect(note).not.toContain('This is a bug')
})

test('Ctrl-C exits with 130, whatever fails because of it', () => {
  const interrupted = new InterruptedError({ what: 'Interrupted; all is saved.' })
  expect(reported(interrupted)).toMatchObject({ code: 130, note: 'Interrupted; all is saved.\n' })
  expect(reported(bug, { signal: AbortSignal.abort() })).toMatchObject({ code: 130, note: 'Interrupted.\n' })
})
