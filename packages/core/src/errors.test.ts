import { describe, expect, it, vi } from 'vitest'
import { GraphError, ModelFormatError, OnebitError } from './errors.ts'

describe('errors', () => {
  it('say what, expected, received and what to do', () => {
    const error = new OnebitError({ what: 'It broke.', expected: 'glass', received: 'sand', fix: 'Heat it.' })
    expect(error.message).toBe('It broke. Expected glass, received sand. Heat it.')
    expect(new OnebitError({ what: 'It broke.', received: 'sand' }).message).toBe('It broke. Received sand.')
    expect(String(new GraphError({ what: 'No.', node: 'a' }))).toBe('GraphError: No.')
  })

  it('know their class and its parents, and no other', () => {
    const error = new GraphError({ what: 'No.', node: 'a' })
    expect(GraphError.isInstance(error) && error.node).toBe('a')
    expect(OnebitError.isInstance(error)).toBe(true)
    expect(ModelFormatError.isInstance(error)).toBe(false)
    for (const other of [new Error('x'), null, undefined, 'GraphError', { name: 'GraphError' }])
      expect(OnebitError.isInstance(other)).toBe(false)
  })

  it('are recognized by another copy of the package', async () => {
    vi.resetModules()
    const copy = await import('./errors.ts')
    const error = new copy.GraphError({ what: 'No.' })
    expect(error instanceof GraphError).toBe(false)
    expect(GraphError.isInstance(error)).toBe(true)
    expect(ModelFormatError.isInstance(error)).toBe(false)
  })
})
