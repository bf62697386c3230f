/** `npm run demo`: installs, builds, then trains, freezes and runs a 1-bit network; see examples/demo. */
import { must, run, setUp } from './setup.mjs'

setUp({ workspace: '@onebit/example-demo' })
must('The demo', run(process.execPath, ['examples/demo/demo.mjs', ...process.argv.slice(2)]))
