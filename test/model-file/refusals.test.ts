/** Onebit's reader and the interpreter written from docs/model-file.md refuse the same files, and name the same field. */
import { ModelFormatError, readModel, reference } from '@onebit/core'
import { describe, expect, test } from 'vitest'
import { BROKEN, SOUND } from './broken-files.ts'
import { interpreter } from './interpreter.ts'
import { ODD } from './odd-files.ts'

function failure(read: () => unknown): Error | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    return error as Error
  }
}

describe('a broken file is refused by both', () => {
  test('and an unbroken one by neither', () => {
    expect(failure(() => readModel(SOUND))).toBeUndefined()
    expect(failure(() => interpreter.readModel(SOUND))).toBeUndefined()
  })

  test.each(BROKEN)('%s', (_, bytes, field) => {
    const ours = failure(() => readModel(bytes))
    expect(ModelFormatError.isInstance(ours), String(ours?.stack)).toBe(true)
    expect((ours as ModelFormatError).field, ours?.message).toBe(field)
    // The interpreter also names the attribute or the role. Onebit names the node, and describes the rest in words.
    const theirs = failure(() => interpreter.readModel(bytes))
    const named = theirs?.message.slice(0, field.length)
    expect(named, theirs?.stack).toBe(field)
    expect(theirs?.message.slice(field.length), theirs?.stack).toMatch(/^[:.[]/)
  })
})

describe('an odd file is read by both', () => {
  test.each(ODD)('%s', async (_, bytes) => {
    const x = Float32Array.of(-1, 1.5, -0, 0)
    const executable = await reference.compile(readModel(bytes))
    const expected = await executable.run({ x })
    expect(interpreter.run(interpreter.readModel(bytes), { x }, 2)).toEqual(expected)
  })
})
