/** Real layers of classifiers against TensorFlow.js's WASM backend (XNNPACK) on the same shapes. */
import { type Graph, GraphBuilder, type NodeOptions, type OpName } from '@onebit/core'
import { bind, compareAll, maximumDifference, randomFloats, same, tf, useTensorFlowWasm } from './harness.ts'
import { finish, report } from './report.ts'
