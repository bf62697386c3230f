// Repeats each of `outer` blocks of `bytes` bytes `repetitions` times: one axis of tf.tile.

export function tileBlocks(source: usize, outer: i32, bytes: usize, repetitions: i32, target: usize): void {
  for (let block = 0; block < outer; block++) {
    if (bytes === 4) {
      target = fillFloats(load<f32>(source), repetitions, target)
    } else {
      // The copied part doubles with each copy, so short blocks need few copies.
      const whole = bytes * repetitions
      memory.copy(target, source, bytes)
      for (let done = bytes; done < whole; done <<= 1) memory.copy(target + done, target, min(done, whole - done))
      target += whole
    }
    source += bytes
  }
}

function fillFloats(value: f32, count: i32, target: usize): usize {
  const values = f32x4.splat(value)
  const end = target + ((<usize>count) << 2)
  for (; target + 16 <= end; target += 16) v128.store(target, values)
  for (; target < end; target += 4) store<f32>(target, value)
  return target
}
