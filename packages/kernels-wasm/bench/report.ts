/** Prints the rows of a benchmark: a line each for people, and with `--json` one line of JSON at the end. */
import { type Comparison, engine, relaxed } from './harness.ts'

export interface Row {
  readonly case: string
  readonly oursMs: number
  /** Name of the rival. */
  readonly peer: string
  readonly peerMs: number
  /** Peer's time / ours, or null if an output is wrong. */
  readonly ratio: number | null
  /**
   * True if our output equals the reference backend's bit for bit, and the peer's is right within its tolerance. With a stem in integers,
   * which the case's name states, the stem is within a tolerance too, and the rest is exact.
   */
  readonly verified: boolean
}

/** A task of a comparison, with true if its output is right. */
export interface Verified {
  readonly name: string
  readonly verified: boolean
}

const json = process.argv.includes('--json')
const rows: Row[] = []

function describe({ case: name, oursMs, peer, peerMs, ratio }: Row): string {
  const times = `${name}: ${oursMs.toPrecision(3)} ms, ${peer} ${peerMs.toPrecision(3)} ms`
  return ratio === null ? `${times}, NOT VERIFIED, so not compared` : `${times}, ${ratio.toFixed(2)} times ours`
}

export function addRow(row: Row): void {
  rows.push(row)
  if (!json) console.log(describe(row))
}

/** Prints the rows of one case: our task of the comparison against the tasks of peers. */
export function report(name: string, compared: Comparison, ours: Verified, peers: readonly Verified[]): void {
  for (const peer of peers) {
    const verified = ours.verified && peer.verified
    addRow({
      case: name,
      oursMs: compared.milliseconds(ours.name),
      peer: peer.name,
      peerMs: compared.milliseconds(peer.name),
      ratio: verified ? compared.ratio(peer.name, ours.name) : null,
      verified,
    })
  }
}

/** Ends the benchmark: with exit code 1 if a row is not verified. */
export function finish(): void {
  const flags = [...process.execArgv, relaxed ? 'relaxed SIMD' : 'strict SIMD', '1 thread where not stated']
  if (json) console.log(JSON.stringify({ engine: `Node ${engine.node}, V8 ${engine.v8}`, flags, rows }))
  else console.log(`Node ${engine.node}, V8 ${engine.v8}; ${flags.join(', ')}`)
  if (rows.some(({ verified }) => !verified)) process.exitCode = 1
}
