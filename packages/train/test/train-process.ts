/** Runs in a process of its own, to be killed: trains the small run into a folder, resuming whatever is there. */
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
