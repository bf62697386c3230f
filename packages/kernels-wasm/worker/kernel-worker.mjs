/**
 * One thread of a network, in a Web Worker or a Node worker, as it is: no build, no imports. It is sent the compiled kernels, the
 * shared memory and its phases; then, for every run, a message.
 *
 * Phases run one after the other. The threads take the tasks of a phase from a common counter and start the next phase when
 * all are done. `control` holds two counters a phase, tasks taken and tasks done; the sender clears it before a run.
 */
const port = globalThis.process?.getBuiltinModule?.('node:worker_threads').parentPort ?? globalThis

/** A phase takes some 100 microseconds: worth watching the counter for some of them before sleeping. */
const GLANCES = 4000

/** Sleeps until all tasks of the phase are done. */
function awaitTasks(control, done, tasks) {
  for (let glance = 0; glance < GLANCES; glance++) if (Atomics.load(control, done) === tasks) return
  for (let count = Atomics.load(control, done); count < tasks; count = Atomics.load(control, done))
    Atomics.wait(control, done, count)
}

function runPhases(phases, control) {
  for (let phase = 0; phase < phases.length; phase++) {
    const tasks = phases[phase]
    const taken = 2 * phase
    const done = taken + 1
    for (let task = Atomics.add(control, taken, 1); task < tasks.length; task = Atomics.add(control, taken, 1)) {
      for (const [kernel, numbers] of tasks[task]) kernel(...numbers)
      if (Atomics.add(control, done, 1) + 1 === tasks.length) Atomics.notify(control, done)
    }
    awaitTasks(control, done, tasks.length)
  }
}

async function prepare({ module, memory, control, phases }) {
  const { exp, log1p, tanh } = Math
  const { exports } = await WebAssembly.instantiate(module, { env: { memory }, math: { exp, log1p, tanh } })
  const bound = phases.map((tasks) => tasks.map((steps) => steps.map(([kernel, ...numbers]) => [exports[kernel], numbers])))
  return () => runPhases(bound, control)
}

let run

port.onmessage = async ({ data }) => {
  if (data.module) run = await prepare(data)
  else run()
  port.postMessage('done')
}
