/** Compares layers and the whole network with every rival in under 50 seconds. */
import { compareLayer, LAYERS } from './layer-case.ts'
import { compareNetwork } from './network-case.ts'
import { allPeers, floatPeers } from './peers/all-peers.ts'
import { finish } from './report.ts'

const peers = await floatPeers()
for (const layer of LAYERS) await compareLayer(layer, peers, 7)
await compareNetwork(await allPeers(), 5)
finish()
