/** Every distiller, in every form, through the suite that strangers' distillers pass. */
import '@tensorflow/tfjs-backend-cpu'
import { attentionMatching, featureMatching, logitMatching, softLabels } from '@onebit/kd'
import { testDistiller } from '@onebit/testkit'
import { test } from 'vitest'

for (const temperature of [1, 3]) testDistiller(softLabels, { test, options: { temperature } })
testDistiller(softLabels, { test, logits: false, options: { distribution: 'sigmoid' }, output: [3, 3, 2] })
testDistiller(softLabels, { test, options: { distribution: 'sigmoid', temperature: 2 }, output: [3, 3, 2] })
testDistiller(softLabels, { test, options: { distribution: 'spatial-softmax' }, output: [3, 3, 2] })
// Pixels of a mask.
testDistiller(softLabels, { test, output: [3, 3, 4] })

testDistiller(logitMatching, { test })
testDistiller(logitMatching, { test, options: { form: 'absolute' }, output: [3, 3, 2] })
testDistiller(logitMatching, { test, options: { form: 'distribution' }, zeroAtTeacher: false })

for (const form of ['paper', 'maximum']) {
  testDistiller(attentionMatching, { test, options: { form } })
  testDistiller(attentionMatching, { test, options: { form }, taps: { student: [2, 2, 3], teacher: [4, 4, 5] } })
}

testDistiller(featureMatching, { test })
testDistiller(featureMatching, { test, options: { adapter: 'always' } })
testDistiller(featureMatching, { test, taps: { student: [3, 3, 4], teacher: [5, 5, 7] } })
testDistiller(featureMatching, { test, options: { distance: 'absolute', normalize: true }, taps: { student: [6], teacher: [9] } })
