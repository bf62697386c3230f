/** Everything that a stage trains with. It is created once its model holds the initial weights. */
import type { Teacher } from '@onebit/core'
import { type BatchSource, Random } from '@onebit/data'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { DistillerVariables } from '../losses/distiller-variables.ts'
import { layersTapped } from '../losses/loss-terms.ts'
import { FlipRatio } from '../metrics/flip-ratio.ts'
import { FusedBatchNorm } from '../model/fused-batch-norm.ts'
import { NoiseControl } from '../model/noise-control.ts'
import { QuantizerControl } from '../model/quantizer-control.ts'
import { checkSelectors } from '../model/trained-weights.ts'
import type { ResolvedStage } from '../plan.ts'
import type { RunContext } from '../run/run-context.ts'
import type { RunState } from '../run-state.ts'
import { seedFor } from '../seeds.ts'
import { MovingAverage } from '../step/moving-average.ts'
import { TappedModel } from '../step/tapped-model.ts'
import { type Stepper, type StepperOptions, TrainingStep } from '../step/training-step.ts'
import { outputShapesOf, TargetEncoder } from '../targets.ts'
import { sizeOf } from '../task-context.ts'
import { StageTeacher } from '../teacher/stage-teacher.ts'

export interface PreparedStage {
  /** Counts from 0. */
  readonly index: number
  readonly stage: ResolvedStage
  readonly model: LayersModel
  readonly source: BatchSource
  readonly encoder: TargetEncoder
  readonly control: QuantizerControl
  readonly noise: NoiseControl
  readonly stepper: Stepper
  /** The view of `model` that losses read. */
  readonly student: TappedModel
  readonly teacher?: StageTeacher
  readonly flips: FlipRatio
  readonly distillerVariables: DistillerVariables
  readonly average?: MovingAverage
  /** Restores the model, except for its weights. */
  dispose(): Promise<void>
}

/** The order's random state at the beginning of a stage. */
export function orderState(seed: number, index: number): RunState['random'] {
  return new Random(index === 0 ? seed : seedFor(seed, 'order', index)).state
}

/**
 * @throws OptionError if a loss taps a missing layer, if a selector names a missing weight, or if a teacher takes other pictures;
 *   FileError if the teacher's outputs cannot be stored.
 */
export async function prepareStage(
  context: RunContext,
  index: number,
  model: LayersModel,
  given: Teacher | undefined,
): Promise<PreparedStage> {
  const { plan, data, threads, task, engine, emit } = context.parts
  const { seed } = plan
  const stage = plan.stages[index]
  const source = context.sourceOf(index)
  checkSelectors(model, stage, `Stage '${stage.name}'`)
  const student = new TappedModel(model, layersTapped(stage.losses, 'student'))
  const teacher =
    given &&
    (await StageTeacher.open({
      teacher: given,
      names: layersTapped(stage.losses, 'teacher'),
      source,
      mixUp: stage.mixUp,
      cache: stage.cacheTeacher,
      engine: engine.name,
      stage: stage.name,
      emit,
    }))
  const distillerVariables = DistillerVariables.draw(stage.losses, student, teacher?.layout, seed, index)
  const encoder = new TargetEncoder({
    task: task.task,
    facts: task.facts,
    outputs: outputShapesOf(model),
    input: sizeOf(source.shape),
    name: data.name,
  })
  const control = QuantizerControl.take(model, seed)
  const noise = new NoiseControl(model, seed)
  const norms = FusedBatchNorm.take(model)
  const options: StepperOptions = {
    model,
    stage,
    stageIndex: index,
    task: task.task,
    facts: task.facts,
    settings: stage.settings,
    mixUp: stage.mixUp,
    seed,
    shape: source.shape,
    targetShapes: encoder.shapes,
    control,
    teacher,
    student,
    distillerVariables,
  }
  const stepper = threads ? threads.stepper(options) : new TrainingStep(options)
  const average = stage.average > 0 ? MovingAverage.of(model, stage.average) : undefined
  return {
    index,
    stage,
    model,
    source,
    encoder,
    control,
    noise,
    stepper,
    student,
    teacher,
    flips: new FlipRatio(new Map(control.layers.map(({ path, layer }) => [path, layer]))),
    distillerVariables,
    average,
    async dispose() {
      control.release()
      noise.release()
      norms.release()
      stepper.dispose()
      average?.dispose()
      distillerVariables.dispose()
      await teacher?.close()
    },
  }
}
