import { afterEach, describe, expect, test, vi } from 'vitest'
import { listenForInterrupts } from './interrupt.ts'

afterEach(() => vi.restoreAllMocks())

describe.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s', (name) => {
  test('asks the work to stop, then ends the process', () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never)
    let said = ''
    const interrupts = listenForInterrupts({ write: (text) => (said += text) })
    try {
      expect(interrupts.signal.aborted).toBe(false)
      process.emit(name, name)
      expect(interrupts.signal.aborted).toBe(true)
      expect(said).toMatch(/stopping after the current step/)
      expect(exit).not.toHaveBeenCalled()
      process.emit(name, name)
      expect(exit).toHaveBeenCalledWith(130)
    } finally {
      interrupts.dispose()
    }
    expect(process.listeners(name)).toEqual([])
  })
})
