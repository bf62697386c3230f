/** Compares Real-to-Binary ResNet-18 with float ResNet-18. `--profile` adds microseconds by kernel. */
import { compareNetwork } from './network-case.ts'
import { allPeers } from './peers/all-peers.ts'
import { finish } from './report.ts'

const network = await compareNetwork(await allPeers(), 9)
if (process.argv.includes('--profile')) console.log(JSON.stringify(network.profile(20)))
finish()
