/** Decides whether the outputs of a teacher can be stored. That is possible only if each picture is the same in every epoch. */
import type { Teacher, TeacherCache, TeacherRows } from '@onebit/core'
import type { BatchSource } from '@onebit/data'
import { isPreparationStep } from '@onebit/image'
import type { RowLayout } from './row-layout.ts'

export interface KeepRowsOptions {
  readonly cache: TeacherCache
  readonly teacher: Teacher
  readonly layout: RowLayout
  readonly source: BatchSource
  /** alpha of the Beta distribution; 0 is off. */
  readonly mixUp: number
  readonly engine: string
}

/** The reason why pictures differ between epochs, or why that is unknown. */
function reasonAgainst({ augment, fingerprint }: BatchSource, mixUp: number): string | undefined {
  if (mixUp > 0) return 'its pictures are blended in every step (mixUp)'
  const changing = (augment ?? []).filter((step) => !isPreparationStep(step)).map(({ type }) => type)
  if (changing.length > 0) return `its pictures are augmented differently in every epoch (${changing.join(', ')})`
  if (!augment || !fingerprint) return 'its source does not identify its pictures and their preparation'
  return undefined
}

/** The rows of a stage, or the reason why there are none. */
export async function keepRows(options: KeepRowsOptions): Promise<TeacherRows | { readonly reason: string }> {
  const { cache, teacher, layout, source, mixUp, engine } = options
  const reason = reasonAgainst(source, mixUp)
  if (reason !== undefined) return { reason }
  const data = source.fingerprint!()
  const key = {
    teacher: await teacher.fingerprint(),
    data: JSON.parse(JSON.stringify(data)),
    engine,
    layout: layout.json,
  }
  return cache.open(key, { pictures: data.images, rowLength: layout.length })
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB']

/** `3.2 MB` */
export function formatBytes(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const value = bytes / 1000 ** power
  return `${power === 0 ? value : value.toPrecision(3)} ${UNITS[power]}`
}
