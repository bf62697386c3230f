/** A graph builder that can append a layer's nodes on trial: if a name is taken, the caller tries another one. */
import { GraphBuilder, GraphError, type NodeOptions, type OpName } from '@onebit/core'

class NameTakenError extends GraphError {
  static override readonly errorName: string = 'NameTakenError'
}

export class TrialBuilder extends GraphBuilder {
  readonly #before = new Set<string>()
  readonly #since = new Set<string>()

  override input(name: string, shape: readonly number[]): string {
    this.#before.add(name)
    return super.input(name, shape)
  }

  override node<Op extends OpName>(op: Op, options: NodeOptions<Op>): string {
    const { name } = options
    if (name !== undefined && this.#before.has(name)) {
      throw new NameTakenError({ node: name, what: `The name '${name}' is taken by another layer.` })
    }
    const value = super.node(op, options)
    this.#since.add(value)
    return value
  }

  /**
   * Returns the result of `append`, or undefined if a node of another layer already has the name. Nodes appended until then stay,
   * but nothing reads them.
   */
  attempt(append: () => string): string | undefined {
    try {
      return append()
    } catch (error) {
      if (NameTakenError.isInstance(error)) return undefined
      throw error
    } finally {
      for (const name of this.#since) this.#before.add(name)
      this.#since.clear()
    }
  }
}
