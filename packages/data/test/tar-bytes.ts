/** A tar archive (ustar) of plain files in one folder, for tests to read or to break. */
export function tarBytes(folder: string, files: Record<string, Uint8Array>): Uint8Array<ArrayBuffer> {
  const blocks = [header(`${folder}/`, 0, '5')]
  for (const [name, content] of Object.entries(files)) {
    blocks.push(header(`${folder}/${name}`, content.length, '0'))
    const padded = new Uint8Array(Math.ceil(content.length / 512) * 512)
    padded.set(content)
    blocks.push(padded)
  }
  return new Uint8Array(Buffer.concat([...blocks, new Uint8Array(1024)]))
}

function header(name: string, size: number, type: string): Uint8Array {
  const block = Buffer.alloc(512)
  block.write(name, 0)
  block.write('0000644\0', 100)
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  block.write('        ', 148)
  block.write(type, 156)
  block.write('ustar\x0000', 257)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}
