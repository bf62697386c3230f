/** Decoding and measuring: the results of a network that is always right. */
import type { Affine, MetricInfo, Placement } from '@onebit/core'
import type { ConformanceCase } from '../conformance-case.ts'
import { attempt, require } from '../conformance-error.ts'
import type { TaskSubject } from './subject.ts'

export function measureCases(subject: TaskSubject): ConformanceCase[] {
  const { facts, annotations, suite, size, placement, task } = subject
  const bestOf = ({ name, unit, better }: MetricInfo): number | undefined =>
    suite.best?.[name] ?? (better === 'lower' ? 0 : unit === 'share' ? 1 : undefined)
  const isWorse = ({ better }: MetricInfo, value: number, than: number): boolean =>
    better === 'higher' ? value < than : value > than

  return [
    {
      name: 'the decoded outputs of a network that is always right are perfect',
      async run() {
        const runtime = await subject.runtime()
        const sums = runtime.measure(facts)
        for (const annotation of annotations) {
          const prediction = await attempt('Outputs do not decode.', () =>
            runtime.decode(subject.perfect(annotation), facts, placement),
          )
          require(runtime.matches?.(prediction, annotation) ?? true, () => ({ what: 'A perfect prediction does not match.' }))
          sums.add(prediction, annotation)
        }
        const values = sums.values()
        for (const metric of runtime.metrics(facts)) {
          const best = bestOf(metric)
          require(best === undefined || Math.abs(values[metric.name] - best) < 1e-6, () => ({
            what: `The metric '${metric.name}' of perfect predictions is not perfect.`,
            expected: `${best}`,
            received: `${values[metric.name]}`,
          }))
        }
      },
    },
    {
      name: 'outputs for a mirror image, mirrored back, are outputs for the picture',
      async run() {
        const runtime = await subject.runtime()
        if (!runtime.mirrorOutputs) return
        // Left and right exchanged.
        const mirror: Affine = [-1, 0, size[1], 0, 1, 0]
        const sums = runtime.measure(facts)
        for (const annotation of annotations) {
          const back = runtime.mirrorOutputs(subject.perfect(task.warp(annotation, mirror, size, facts)), facts)
          sums.add(runtime.decode(back, facts, placement), annotation)
        }
        const [headline] = runtime.metrics(facts)
        const [best, value] = [bestOf(headline), sums.values()[headline.name]]
        require(best === undefined || Math.abs(value - best) < 1e-6, () => ({
          what: `The metric '${headline.name}' suffers from the flip test.`,
          expected: `${best}`,
          received: `${value}`,
          fix: "Let 'mirrorOutputs' undo what 'warp' does to a mirrored annotation.",
        }))
      },
    },
    {
      name: 'predictions are in the pixels of the picture, wherever it lay in the input',
      async run() {
        const runtime = await subject.runtime()
        const [height, width] = size
        // A picture twice as large, then halved: exact on both grids.
        const twice: Affine = [2, 0, 0, 0, 2, 0]
        const large: Placement = { toPicture: twice, picture: [2 * height, 2 * width], input: size }
        const sums = runtime.measure(facts)
        for (const annotation of annotations) {
          sums.add(runtime.decode(subject.perfect(annotation), facts, large), task.warp(annotation, twice, large.picture, facts))
        }
        const [headline] = runtime.metrics(facts)
        const best = bestOf(headline)
        const value = sums.values()[headline.name]
        require(best === undefined || Math.abs(value - best) < 1e-6, () => ({
          what: `The metric '${headline.name}' suffers where the picture is larger than the input.`,
          expected: `${best}`,
          received: `${value}`,
          fix: "Let 'decode' go through 'placement.toPicture'.",
        }))
      },
    },
    {
      name: 'metrics have names, words and values; of nothing the worst, and worse of wrong predictions than of right ones',
      async run() {
        const runtime = await subject.runtime()
        const metrics = runtime.metrics(facts)
        require(metrics.length > 0, () => ({ what: 'There is no headline.', expected: 'at least one metric' }))
        const mean = (shift: number): Readonly<Record<string, number>> => {
          const sums = runtime.measure(facts)
          for (const [index, annotation] of annotations.entries()) {
            const other = annotations[(index + shift) % annotations.length]
            sums.add(runtime.decode(subject.perfect(other), facts, placement), annotation)
          }
          return sums.values()
        }
        const [nothing, right, wrong] = [runtime.measure(facts).values(), mean(0), mean(1)]
        for (const metric of metrics) {
          const { name, description } = metric
          require(description.length > 10, () => ({
            what: `The metric '${name}' has no description.`,
            expected: 'a sentence',
          }))
          require([nothing, right, wrong].every(
            (values) => typeof values[name] === 'number' && !Number.isNaN(values[name]),
          ), () => ({
            what: `The metric '${name}' has no value.`,
            expected: metrics.map((other) => other.name).join(', '),
            received: Object.keys(right).join(', '),
          }))
          require(!isWorse(metric, wrong[name], nothing[name]), () => ({
            what: `The metric '${name}' of no pictures is not the worst.`,
            expected: `no better than ${wrong[name]}`,
            received: `${nothing[name]}`,
          }))
        }
        const [headline] = metrics
        require(isWorse(headline, wrong[headline.name], right[headline.name]), () => ({
          what: `The headline '${headline.name}' does not tell right from wrong.`,
          expected: `worse than ${right[headline.name]}`,
          received: `${wrong[headline.name]}`,
        }))
      },
    },
    {
      name: 'tables have as many cells in each row as columns',
      async run() {
        const runtime = await subject.runtime()
        const sums = runtime.measure(facts)
        for (const annotation of annotations) sums.add(runtime.decode(subject.perfect(annotation), facts, placement), annotation)
        for (const { title, columns, rows } of sums.tables?.() ?? []) {
          const bad = rows.find((row) => row.length !== columns.length || row.some((cell) => typeof cell !== 'string'))
          require(bad === undefined, () => ({
            what: `The table '${title}' has a row that does not fit.`,
            expected: `${columns.length} texts`,
            received: JSON.stringify(bad),
          }))
        }
      },
    },
  ]
}
