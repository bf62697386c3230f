/** What a model file says about its classes and its inputs. */
import { ModelFormatError } from '@onebit/core'

export interface ClassifierMetadata {
  /** Class names; outputs index them. */
  readonly labels?: readonly string[]
  /** Per channel, or one for all, of values from 0 to 1. Default: mean 0, standard deviation 1. */
  readonly mean: readonly number[]
  readonly standardDeviation: readonly number[]
  /** What the shorter side of a picture is scaled to, in pixels, before its middle is cut out. Absent: the input's own size. */
  readonly shorterSide?: number
}

function refuse(field: string, expected: string, received: string, cause?: unknown): never {
  throw new ModelFormatError(
    {
      field: `metadata.${field}`,
      what: `The model's '${field}' cannot be understood.`,
      expected,
      received: received.slice(0, 80),
    },
    { cause },
  )
}

function parse(field: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    return refuse(field, 'JSON', text, error)
  }
}

function readShorterSide(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const steps = parse('preparation', text)
  const [step, ...others] = (Array.isArray(steps) ? steps : [undefined]) as (
    | { type?: unknown; shorterSide?: unknown }
    | undefined
  )[]
  const shorterSide = step?.shorterSide
  if (others.length === 0 && step?.type === 'center-crop' && (shorterSide === undefined || Number.isInteger(shorterSide)))
    return shorterSide as number | undefined
  return refuse('preparation', `a list of one 'center-crop', its shorterSide in pixels`, text)
}

/**
 * `labels` is a JSON list of names; `normalization` is JSON, `{ "mean": ..., "standardDeviation": ... }`, each a number or a list of one
 * per channel; `preparation` is a JSON list of one step, `{ "type": "center-crop", "shorterSide": ... }`. All may be absent.
 * @throws ModelFormatError naming the field that is there but of another form.
 */
export function readClassifierMetadata(metadata: Readonly<Record<string, string>>): ClassifierMetadata {
  const { labels: labelText, normalization: text, preparation } = metadata
  const labels = labelText === undefined ? undefined : parse('labels', labelText)
  const isList = Array.isArray(labels) && labels.every((label) => typeof label === 'string')
  if (labels !== undefined && !isList) refuse('labels', 'a list of names', labelText)
  const known = { labels: labels as string[] | undefined, shorterSide: readShorterSide(preparation) }
  if (text === undefined) return { ...known, mean: [0], standardDeviation: [1] }
  const given = (parse('normalization', text) ?? {}) as Record<string, unknown>
  const numbers = (key: string): number[] => {
    const list = Array.isArray(given[key]) ? given[key] : [given[key]]
    if (list.every((value): value is number => Number.isFinite(value))) return list
    return refuse('normalization', `a number or numbers under '${key}'`, text)
  }
  const standardDeviation = numbers('standardDeviation')
  if (standardDeviation.some((value) => value <= 0)) refuse('normalization', 'positive standard deviations', text)
  return { ...known, mean: numbers('mean'), standardDeviation }
}
