/** Waits for work that several promises report on. */
import { LimitError, OnebitError } from '@onebit/core'
import { DeviceError } from '../device/errors.ts'

/**
 * Waits for all. Of several errors it throws the one that says most: missing memory makes a device refuse commands, and then
 * results cannot be read.
 * @throws LimitError, else another OnebitError, else a DeviceError with the engine's error.
 */
export async function settle(waits: readonly Promise<unknown>[]): Promise<void> {
  const errors = (await Promise.allSettled(waits)).flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  if (errors.length === 0) return
  const told = errors.find((error) => LimitError.isInstance(error)) ?? errors.find((error) => OnebitError.isInstance(error))
  if (told) throw told
  const [cause] = errors as Error[]
  throw new DeviceError(
    {
      what: 'The device did not finish a run.',
      received: `${cause.name}: ${cause.message}`,
      fix: 'Use another backend, and report this together with the name of the adapter.',
    },
    { cause },
  )
}
