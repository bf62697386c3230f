/** The position of a stage, and its form in a checkpoint. */
import type { CheckpointContent } from '../checkpoint/checkpoint-file.ts'
import { modelDigest } from '../model/model-digest.ts'
import { readWeights, type Values, type WeightValues, writeWeights } from '../model/weight-values.ts'
import type { RunContext } from '../run/run-context.ts'
import { type BestEpoch, type EpochSums, noSums, PARTS, partOf, prefixed, type RunState } from '../run-state.ts'
import { orderState, type PreparedStage } from './prepared-stage.ts'

export interface StagePosition {
  /** Finished epochs of the stage. */
  epochs: number
  /** Finished batches of the current epoch. */
  batches: number
  /** The random state of the order, before the current epoch. */
  random: RunState['random']
  sums: EpochSums
  best?: BestEpoch
  /** Weights of the best epoch, if the stage ends with them. */
  bestWeights?: WeightValues
}

/** The position at the beginning of a stage. The source of batches is at its beginning too. */
export function beginStage(context: RunContext, { index, source }: PreparedStage): StagePosition {
  const random = orderState(context.parts.plan.seed, index)
  source.random.state = random
  return { epochs: 0, batches: 0, random, sums: noSums() }
}

/** Continues from the position in a checkpoint of the stage. */
export function restoreStage(stage: PreparedStage, { state, tensors }: CheckpointContent<RunState>): StagePosition {
  writeWeights(stage.model, partOf(tensors, PARTS.weights))
  stage.stepper.optimizer.restore({ steps: state.optimizerSteps, slots: partOf(tensors, PARTS.optimizer) })
  stage.average?.restore(partOf(tensors, PARTS.average))
  stage.distillerVariables.restore(partOf(tensors, PARTS.distillers))
  stage.flips.signs = partOf(tensors, PARTS.signs)
  stage.source.random.state = state.random
  const { epochs, batches, random, sums, best } = state
  const bestWeights = partOf(tensors, PARTS.best)
  return {
    epochs,
    batches,
    random,
    sums: structuredClone(sums),
    best,
    bestWeights: bestWeights.size > 0 ? bestWeights : undefined,
  }
}

/** A copy of the state that the rest of the run depends on. */
export async function stageContent(
  context: RunContext,
  stage: PreparedStage,
  position: StagePosition,
): Promise<CheckpointContent<RunState>> {
  const { fingerprint, engine, progress } = context.parts
  const { steps, slots } = await stage.stepper.optimizer.state()
  const tensors = new Map<string, Values>([
    ...prefixed(PARTS.weights, await readWeights(stage.model)),
    ...prefixed(PARTS.optimizer, slots),
    ...prefixed(PARTS.average, (await stage.average?.values()) ?? new Map()),
    ...prefixed(PARTS.distillers, await stage.distillerVariables.values()),
    ...prefixed(PARTS.signs, stage.flips.signs),
    ...prefixed(PARTS.best, position.bestWeights ?? new Map()),
    ...Array.from(context.ends).flatMap(([index, values]) => prefixed(`${PARTS.stage}${index}/`, values)),
  ])
  const { epochs, batches, random, sums, best } = position
  const state: RunState = {
    fingerprint,
    model: modelDigest(stage.model),
    engine: engine.name,
    stage: stage.index,
    epochs,
    batches,
    random,
    optimizerSteps: steps,
    sums,
    best,
    progress,
  }
  return { state, tensors }
}
