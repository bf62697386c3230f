/** A small task passes. Tasks with one error fail in the right case. */
import '@tensorflow/tfjs-backend-cpu'
import { describe, expect, test } from 'vitest'
import { ConformanceError, failures, taskCases, testTask } from '../src/index.ts'
import { brightestSpot, type Sabotage, suiteOptions } from './brightest-spot.ts'

testTask(brightestSpot(), { ...suiteOptions(), test })

describe('sabotage', () => {
  test.each<[keyof Sabotage, RegExp]>([
    ['hasTwoNames', /The halves have two names\. Expected spot, received other-spot/],
    ['namesOutputsOtherwise', /names an output differently from its layer/],
    ['encodesTooMuch', /The target 'spot' does not fit its definition\. Expected 2 finite values of float32, received 3/],
    ['encodesHidden', /gives a target 'hidden' that 'targets' does not list/],
    ['encodesAllAlike', /Two annotations have the same targets/],
    ['acceptsAnything', /The annotation \{"x":-1,"y":2\} is not refused/],
    ['mirrorsBadly', /Mirrored twice, an annotation has other targets/],
    ['warpsInPlace', /'warp' changes the annotation that it is given/],
    ['refusesOutside', /An annotation that left the picture does not encode/],
    ['blendsIntegers', /The expanded target 'spot' cannot be blended\. Expected float32, received int32/],
    ['expandsWithNeighbors', /The expanded target 'spot' of a picture depends on the others of its batch/],
    ['leaks', /Expanding leaves \d+ tensors behind/],
    ['hasNoLosses', /A stage that names no losses has nothing to minimize/],
    ['cutsGradient', /Cannot (compute|find)/i],
    ['sumsLoss', /The loss 'distance' of a batch is not the mean of its pictures' losses/],
    ['turnsLoss', /The loss 'distance' of perfect outputs is not lower than that of wrong ones/],
    ['monitorsSomething', /The monitor 'something' is not a metric of the task/],
    ['monitorsMean', /The monitor 'distance' of a batch is not the sum over its pictures/],
    ['decodesElsewhere', /The metric 'distance' of perfect predictions is not perfect/],
    ['ignoresPlacement', /The metric 'distance' suffers where the picture is larger than the input/],
    ['isBestOfNothing', /The metric 'distance' of no pictures is not the worst/],
    ['measuresNothing', /The headline 'distance' does not tell right from wrong/],
    ['misspellsMetric', /The metric 'distance' has no value/],
    ['cutsTable', /The table 'Per axis' has a row that does not fit/],
    ['forgetsFacts', /The facts do not come back/],
    ['readsDamaged', /A damaged 'units' is not refused/],
    ['takesReserved', /The task writes 'dataset', which is common to all files/],
    ['completesAnything', /Outputs of another task are not refused/],
    ['assumesSilently', /Facts are assumed without a word/],
    ['scoresBeyond', /A row is not told well/],
    ['ignoresTop', /'describe' gives more rows than it is asked for/],
    ['tellsNothing', /The prediction does not survive JSON/],
    ['captionsOtherwise', /A perfect prediction and its annotation have different captions/],
    ['drawsInPlace', /Drawing changes the picture that it is given/],
    ['drawsGray', /The drawing is not a picture in color/],
    ['drawsNothing', /Drawings of different predictions are alike/],
  ])('%s', async (sabotage, message) => {
    const failed = await failures(taskCases(brightestSpot({ [sabotage]: true }), suiteOptions()))
    expect([...failed].map(([name, error]) => `${name}: ${error.message}`).join('\n')).toMatch(message)
    for (const error of failed.values()) expect(ConformanceError.isInstance(error)).toBe(true)
  })
})
