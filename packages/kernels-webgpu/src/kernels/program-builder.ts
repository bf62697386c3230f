/** Collects the kernels of a program while its graph is lowered. */
import type { ValueType } from '@onebit/core'
import type { Buffer, Constant } from '../program/buffer.ts'
import { flatGrid, type Grid } from '../program/grid.ts'
import type { Dispatch } from '../program/program.ts'
import { valueWords } from '../program/value.ts'
import type { Arithmetic } from '../shaders/piece.ts'
import { type Kernel, writeShader } from '../shaders/write-shader.ts'

export class ProgramBuilder {
  readonly dispatches: Dispatch[] = []
  readonly arithmetic: Arithmetic
  #node = ''

  /** @param arithmetic Properties of the device's compilers. */
  constructor(arithmetic: Arithmetic) {
    this.arithmetic = arithmetic
  }

  /** Begins a node. Later kernels belong to it. */
  beginNode(name: string): void {
    this.#node = name
  }

  /** Memory for a value. */
  allocate(type: ValueType): Buffer {
    return { kind: 'buffer', words: valueWords(type) }
  }

  constant(data: Constant['data']): Constant {
    return { kind: 'constant', data }
  }

  /** @param grid Gives the workgroups for a batch size. */
  add(kernel: Kernel, grid: (batch: number) => Grid): void {
    this.dispatches.push({ node: this.#node, ...writeShader(kernel, this.arithmetic), grid })
  }

  /**
   * Adds a kernel with one invocation per item.
   * @param items Number of items per sample.
   */
  addFlat(kernel: Kernel, items: number): void {
    this.add(kernel, (batch) => flatGrid(items * batch))
  }
}
