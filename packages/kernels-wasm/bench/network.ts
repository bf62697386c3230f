/** Real-to-Binary ResNet-18 against float ResNet-18, and two threads against one. `--profile` adds microseconds by kernel. */
import { engine, useTensorFlowWasm } from './harness.ts'
import { compareNetwork } from './network-case.ts'

await useTensorFlowWasm()
const { network, oneThread, twoThreads } = await compareNetwork(15)
if (!oneThread.verified || !twoThreads.verified) throw new Error('The network computes something else.')
console.log(JSON.stringify({ network: 'R2B ResNet-18 224', oneThread, twoThreads, ...engine }))
if (process.argv.includes('--profile')) console.log(JSON.stringify(network.profile(20)))
