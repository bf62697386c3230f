// Copies rows of bytes between matrices of different row lengths: one part of tf.concat or tf.split.

export function copyRows(source: usize, sourceRow: usize, target: usize, targetRow: usize, bytes: usize, rows: i32): void {
  const vectors = bytes & ~15
  for (let row = 0; row < rows; row++) {
    // Rows are mostly the channels of a pixel. A loop copies so few bytes faster than a call of memory.copy.
    let done: usize = 0
    for (; done < vectors; done += 16) v128.store(target + done, v128.load(source + done))
    for (; done < bytes; done++) store<u8>(target + done, load<u8>(source + done))
    source += sourceRow
    target += targetRow
  }
}
