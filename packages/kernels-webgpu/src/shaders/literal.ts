const word = new DataView(new ArrayBuffer(4))

/** A float32 in WGSL, to the last bit. @param value Finite. */
export function floatLiteral(value: number): string {
  word.setFloat32(0, value)
  return `bitcast<f32>(0x${word.getUint32(0).toString(16)}u)`
}
