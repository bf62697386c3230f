/** Runs in a separate process, which the test kills: trains the small run into a folder, and resumes from anything in it. */
import { trainStages } from '@onebit/train'
import { smallRun } from './small-run.ts'

const [, , out] = process.argv
const { model, result } = await trainStages({
  ...smallRun(),
  out,
  resume: true,
  checkpoint: { everySteps: 2, keep: 2 },
  onEvent: (event) => {
    if (event.type === 'start') console.log('start')
    if (event.type === 'warning') console.log(`warning ${event.message}`)
    if (event.type === 'resume') console.log(`resume ${event.step}`)
  },
})
model.dispose()
console.log(`done ${result.epochs.length}`)
