/** The exit codes of the command, for scripts. */
export const EXIT = {
  success: 0,
  /** A bug. `--debug` shows where. */
  bug: 1,
  /** A mistake in the command line, in a file or on the machine. The message says what to do. */
  usage: 2,
  /** Ctrl-C, SIGTERM or SIGHUP. If the command could save its work, it says so. */
  interrupted: 130,
} as const

export const EXIT_HELP = `
Exit codes:
  0    success
  1    an unexpected bug (run again with --debug)
  2    a mistake in the command line, a recipe or a file
  130  interrupted (Ctrl-C)`
