/** The tables of `docs/architecture.md` as data: the allowed imports of each package, and the order of its folders. */

export interface RoomPlan {
  /** For each package, the packages of this repository that it may import. */
  readonly arrows: ReadonlyMap<string, ReadonlySet<string>>
  /** For each package, its folders in order. Each may import those after it. */
  readonly folders: ReadonlyMap<string, readonly string[]>
}

/** The rows of the first table after a heading, as cells. */
function tableBehind(markdown: string, heading: string): string[][] {
  const lines = markdown.slice(markdown.indexOf(`\n${heading}\n`)).split('\n')
  const begin = lines.findIndex((line) => line.startsWith('|'))
  if (!markdown.includes(`\n${heading}\n`) || begin < 0) throw new Error(`docs/architecture.md has no table behind '${heading}'.`)
  const end = lines.findIndex((line, index) => index > begin && !line.startsWith('|'))
  return lines.slice(begin + 2, end < 0 ? undefined : end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

const namesIn = (cell: string): string[] => Array.from(cell.matchAll(/`([^`]+)`/g), ([, name]) => name)

export function readRoomPlan(markdown: string): RoomPlan {
  const packages = tableBehind(markdown, '## Packages and imports').map(
    (cells) => [namesIn(cells[0])[0], namesIn(cells[2])] as const,
  )
  const folders = tableBehind(markdown, '### Inside packages').map((cells) => [namesIn(cells[0])[0], namesIn(cells[1])] as const)
  return { arrows: new Map(packages.map(([name, imports]) => [name, new Set(imports)])), folders: new Map(folders) }
}
