/** Files that a command writes, which may not be files that it reads. */
import { stat } from 'node:fs/promises'
import { UsageError } from './errors.ts'

const identityOf = async (path: string): Promise<string | undefined> =>
  stat(path).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    () => undefined,
  )

/**
 * Refuses an output that is one of the files that must survive, also under another path or through a link. Nothing is written.
 * @param flag The flag that names the output.
 * @throws UsageError
 */
export async function protectFiles(flag: string, out: string | undefined, files: readonly string[]): Promise<void> {
  const written = out === undefined ? undefined : await identityOf(out)
  if (written === undefined) return
  for (const file of files) {
    if ((await identityOf(file)) !== written) continue
    throw new UsageError({
      what: `'${flag} ${out}' would replace '${file}', which the command reads.`,
      fix: `Give another path to ${flag}.`,
    })
  }
}
