/** Chooses the pair of outputs that student and teacher compare. */
import { type DistilledTensors, nearestNames, OptionError, type OptionRules, type OutputTensor } from '@onebit/core'

/** Options of every distiller of outputs. */
export const OUTPUT_OPTIONS = {
  output: { type: 'text', optional: true, description: "the student's output to compare; default: the only one" },
  teacherOutput: {
    type: 'text',
    optional: true,
    description: "the teacher's output; default: the one of the same name, or the only one",
  },
} as const satisfies OptionRules

export interface OutputChoice {
  readonly output?: string
  readonly teacherOutput?: string
}

type Side = 'student' | 'teacher'

function refuse(distiller: string, side: Side, names: readonly string[], given: string | undefined): never {
  const option = side === 'student' ? 'output' : 'teacherOutput'
  const [nearest] = given === undefined ? [] : nearestNames(given, names)
  throw new OptionError({
    option,
    what:
      given === undefined
        ? `The distiller '${distiller}' does not know which output of the ${side} to compare.`
        : `The ${side} has no output '${given}' for the distiller '${distiller}' to compare.`,
    expected: names.join(', '),
    received: given ?? 'none',
    fix: nearest ? `Did you mean '${nearest}'?` : `Give the loss an '${option}'.`,
  })
}

/**
 * The compared pair, which has one shape.
 * @throws OptionError on an unknown name, on several outputs without a name, and on shapes that differ.
 */
export function comparedOutputs(
  distiller: string,
  student: DistilledTensors,
  teacher: DistilledTensors,
  { output, teacherOutput }: OutputChoice,
): readonly [student: OutputTensor, teacher: OutputTensor] {
  const own = Object.keys(student.outputs)
  const theirs = Object.keys(teacher.outputs)
  const name = output ?? (own.length === 1 ? own[0] : undefined)
  if (name === undefined || !own.includes(name)) return refuse(distiller, 'student', own, name)
  const alike = theirs.includes(name) ? name : theirs.length === 1 ? theirs[0] : undefined
  const other = teacherOutput ?? alike
  if (other === undefined || !theirs.includes(other)) return refuse(distiller, 'teacher', theirs, other)
  const pair = [student.outputs[name], teacher.outputs[other]] as const
  const [shape, expected] = pair.map(({ tensor }) => tensor.shape.slice(1).join('x'))
  if (shape === expected) return pair
  throw new OptionError({
    option: 'output',
    what: `The distiller '${distiller}' cannot compare the student's output '${name}' with the teacher's '${other}'.`,
    expected: `outputs of one shape; the teacher's is ${expected}`,
    received: shape,
    fix: 'Take a teacher for the same classes or joints, and for outputs of the same size.',
  })
}
