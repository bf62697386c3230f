/** A distiller with a learned variable: a linear adapter from a narrow student to a wide teacher. */
import { defineDistiller } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'

export const adaptedFeatures = defineDistiller({
  name: 'adapted-features',
  options: { deviation: { default: 0.1, min: 0 } },
  variables: ({ student, teacher }, { deviation }) =>
    Object.fromEntries(
      Object.keys(student).map((tap) => [`${tap}_kernel`, { shape: [student[tap].at(-1)!, teacher[tap].at(-1)!], deviation }]),
    ),
  loss: (student, teacher, _, { variables }) => {
    const terms = Object.keys(student.taps).map((tap) => {
      const adapted = tf.matMul(student.taps[tap] as tf.Tensor2D, variables[`${tap}_kernel`] as tf.Tensor as tf.Tensor2D)
      return tf.mean(tf.square(tf.sub(adapted, teacher.taps[tap])))
    })
    return tf.addN(terms) as tf.Scalar
  },
})
