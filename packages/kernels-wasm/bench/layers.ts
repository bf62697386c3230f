/** Compares binary layers with real convolutions on every rival: see layer-case.ts. */
import { compareLayer, LAYERS } from './layer-case.ts'
import { floatPeers } from './peers/all-peers.ts'
import { finish } from './report.ts'

const peers = await floatPeers()
for (const layer of LAYERS) await compareLayer(layer, peers, 11)
finish()
