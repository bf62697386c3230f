/**
 * The gradient of a small perceptron that is applied to every value separately: `f_k(x) = sum_j v_jk tanh(u_j x)`. Each output
 * passes the gradient while it is within (-1, 1).
 *
 *   dx = dy * sum_k [|f_k| < 1] f_k'(x), and in the same way for u and v, summed over the values
 *
 * The hidden units of all values would take a hundred times the memory of the values. So they are computed in chunks when they
 * are needed, and never stored.
 */
import * as tf from '@tensorflow/tfjs-core'

/** Number of values per chunk. 100 hidden units for each take 26 MB. */
const CHUNK = 65_536

/** Gradients of one chunk. `x` and `dy` are `[count, 1]`, `incoming` is `[1, hidden]`, `outgoing` is `[hidden, outputs]`. */
function chunkGradients(x: tf.Tensor2D, dy: tf.Tensor2D, incoming: tf.Tensor2D, outgoing: tf.Tensor2D): tf.Tensor2D[] {
  return tf.tidy(() => {
    const hidden = tf.tanh(tf.matMul(x, incoming))
    const inside = tf.step(tf.sub(1, tf.abs(tf.matMul(hidden, outgoing))))
    const ofOutputs = tf.mul(dy, inside) as tf.Tensor2D
    const slopes = tf.sub(1, tf.square(hidden))
    const ofSums = tf.mul(tf.matMul(ofOutputs, outgoing, false, true), slopes) as tf.Tensor2D
    return [
      tf.matMul(ofSums, incoming, false, true),
      tf.matMul(x, ofSums, true, false),
      tf.matMul(hidden, ofOutputs, true, false),
    ]
  })
}

function gradients(dy: tf.Tensor, [x, incoming, outgoing]: tf.Tensor[]): tf.Tensor[] {
  return tf.tidy(() => {
    const [values, upstream] = [x, dy].map((tensor) => tf.reshape(tensor, [-1, 1]) as tf.Tensor2D)
    let [ofIncoming, ofOutgoing] = [tf.zerosLike(incoming), tf.zerosLike(outgoing)]
    const ofValues: tf.Tensor2D[] = []
    for (let start = 0; start < x.size; start += CHUNK) {
      const count = Math.min(CHUNK, x.size - start)
      const [part, partUpstream] = [values, upstream].map((tensor) => tf.slice(tensor, [start, 0], [count, 1]))
      const [dx, du, dv] = chunkGradients(part, partUpstream, incoming as tf.Tensor2D, outgoing as tf.Tensor2D)
      ofValues.push(dx)
      ofIncoming = tf.add(ofIncoming, du)
      ofOutgoing = tf.add(ofOutgoing, dv)
    }
    return [tf.reshape(tf.concat(ofValues, 0), x.shape), ofIncoming, ofOutgoing]
  })
}

/**
 * Attaches the perceptron's gradients to `x`. The value is `x` itself, because nobody reads it.
 * @param incoming `[1, hidden]`
 * @param outgoing `[hidden, outputs]`
 */
export function throughPerceptron(x: tf.Tensor, incoming: tf.Tensor, outgoing: tf.Tensor): tf.Tensor {
  return tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc
    const inputs = args as tf.Tensor[]
    save(inputs)
    return { value: tf.clone(inputs[0]), gradFunc: gradients }
  })(x, incoming, outgoing)
}
