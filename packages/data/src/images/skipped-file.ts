/** Files that are found but not used: the reason for each, and a summary in a few sentences. */
import { checkArgument, rules } from '@onebit/core'
import type { DataErrorReason } from '../data-error.ts'

/** A file that is not used, and the reason. */
export interface SkippedFile {
  file: string
  reason: DataErrorReason
  /** A full sentence. */
  message: string
  /** The part of the message that is the same for all files with this reason. */
  why?: string
}

/** A file or a folder that the listing of images leaves out. */
export function ignoredFile(file: string, why: string): SkippedFile {
  return { file, reason: 'unsupported', message: `'${file}' is not used. ${why}`, why }
}

const filesRule = rules.list(rules.object({ file: rules.text, message: rules.text }, { why: rules.text }))

/** One or two sentences per reason, with the number of files, the name of one of them, and the reason. */
export function describeSkipped(files: readonly SkippedFile[]): string[] {
  checkArgument('describeSkipped()', 'files', files, filesRule)
  const groups = new Map<string, SkippedFile[]>()
  for (const file of files) {
    const why = file.why ?? file.message
    const group = groups.get(why)
    if (group) group.push(file)
    else groups.set(why, [file])
  }
  return Array.from(groups, ([why, [first, ...others]]) => {
    if (others.length === 0) return first.message
    return `${others.length + 1} files are not used, '${first.file}' among them. ${why}`
  })
}
