/** Random values for tests of graphs and backends: numbers, tensors, graphs, inputs. */
export { randomGraph, randomInputs, randomThresholds } from './any-graph.ts'
export { bitInputOf, coarse, graphOf, networkOf } from './op-graph.ts'
export { defaultSeed, Random, SEED, SOME_SPECIAL } from './random.ts'
export { perceptron, residualNetwork } from './residual-network.ts'
export { rowNetwork } from './row-network.ts'
export { bitTensor, floatTensor, plainSign, sign } from './tensors.ts'
