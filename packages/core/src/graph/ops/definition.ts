/** The definition of an op: rules for its inputs, tensors and attributes, and a function that infers its output type. */

import { type ErrorParts, GraphError } from '../../errors.ts'
import { describeValue } from '../../options/describe-value.ts'
import { LARGEST_INTEGER, MOST_AXES } from '../limits.ts'
import type { DataType, ValueType } from '../value-type.ts'

/** Checks one attribute. `fallback` is its value if a file leaves it out. */
export interface AttributeRule<Value> {
  readonly expected: string
  readonly fallback?: Value
  accepts(value: unknown): value is Value
}

export interface TensorRule {
  readonly dtypes: readonly ('float32' | 'bit')[]
  readonly optional?: boolean
}

export interface InferenceContext<Attributes> {
  readonly inputs: readonly ValueType[]
  readonly attributes: Attributes
  readonly tensors: Readonly<Record<string, ValueType | undefined>>
  /** Throws a GraphError that names the node. */
  fail(parts: ErrorParts): never
}

export interface OpDefinition<Attributes = object> {
  /** Accepted types of each input. With `variadic` the last rule repeats. */
  readonly inputs: readonly (readonly DataType[])[]
  readonly variadic?: boolean
  readonly tensors: Readonly<Record<string, TensorRule>>
  readonly attributes: { readonly [Name in keyof Attributes]-?: AttributeRule<Attributes[Name]> }
  infer(context: InferenceContext<Attributes>): ValueType
}

/** Ties the attribute rules of an op to its attribute type. */
export function defineOp<Attributes>(definition: OpDefinition<Attributes>): OpDefinition<Attributes> {
  return definition
}

export const FLOAT: readonly DataType[] = ['float32']
export const BIT: readonly DataType[] = ['bit']
/** Real values, or binary accumulators taken as such. */
export const NUMBER: readonly DataType[] = ['float32', 'int32']

function isWithin(value: unknown, minimum: number): boolean {
  return Number.isInteger(value) && (value as number) >= minimum && (value as number) <= LARGEST_INTEGER
}

export function integer(bounds: { minimum: number; fallback?: number }): AttributeRule<number> {
  return {
    expected: `an integer from ${bounds.minimum} to 2^31 - 1`,
    fallback: bounds.fallback,
    accepts: (value): value is number => isWithin(value, bounds.minimum),
  }
}

export function real(): AttributeRule<number> {
  return { expected: 'a finite number', accepts: (value): value is number => Number.isFinite(value) }
}

export function boolean(fallback: boolean): AttributeRule<boolean> {
  return { expected: 'true or false', fallback, accepts: (value): value is boolean => typeof value === 'boolean' }
}

export function oneOf<const Value extends string>(values: readonly Value[], fallback?: Value): AttributeRule<Value> {
  return {
    expected: values.map((value) => `'${value}'`).join(' or '),
    fallback,
    accepts: (value): value is Value => values.includes(value as Value),
  }
}

/** A list of integers, of exactly `length` entries if that is given. */
export function integers<List extends readonly number[]>(rule: {
  length?: number
  minimum: number
  fallback?: List
}): AttributeRule<List> {
  return {
    expected: `a list of ${rule.length ?? `up to ${MOST_AXES}`} integers from ${rule.minimum} to 2^31 - 1`,
    fallback: rule.fallback,
    accepts: (value): value is List =>
      Array.isArray(value) &&
      (rule.length === undefined || value.length === rule.length) &&
      value.length <= MOST_AXES &&
      value.every((entry) => isWithin(entry, rule.minimum)),
  }
}

/**
 * `attributes` with the defaults filled in. Throws if one is missing, unknown or refused by its rule. -0 becomes 0, because writers of
 * JSON drop its sign, and a graph must mean the same before and after.
 */
export function completeAttributes<Attributes>(
  node: string,
  op: string,
  definition: OpDefinition<Attributes>,
  attributes: Readonly<Record<string, unknown>>,
): Attributes {
  const rules = definition.attributes as Record<string, AttributeRule<unknown>>
  for (const name of Object.keys(attributes)) {
    if (!Object.hasOwn(rules, name)) {
      throw new GraphError({
        node,
        what: `Node '${node}' (${op}) has an unknown attribute '${name}'.`,
        expected: Object.keys(rules).join(', ') || 'no attributes',
      })
    }
  }
  const complete: Record<string, unknown> = {}
  for (const [name, rule] of Object.entries(rules)) {
    const value = attributes[name] === undefined ? rule.fallback : attributes[name]
    if (!rule.accepts(value)) {
      throw new GraphError({
        node,
        what: `Node '${node}' (${op}) has a bad attribute '${name}'.`,
        expected: rule.expected,
        received: describeValue(value),
      })
    }
    complete[name] = value === 0 ? 0 : value
  }
  return complete as Attributes
}
