import { loadEmbedded } from './load-embedded.ts'
import { MotionCapture } from './people/motion-capture.ts'

/** The embedded poses of real people. `src` and `dist` have the same distance to the file. @throws FileError */
export async function embeddedMotionCapture(): Promise<MotionCapture> {
  return new MotionCapture(await loadEmbedded(() => new URL('../embedded/motion-capture.bin', import.meta.url)))
}
