/** What the command's exit status tells a script. */
export const EXIT = {
  success: 0,
  /** Something that should never happen; `--debug` shows where. */
  bug: 1,
  /** The command line, a file or the machine is not as it must be; the message says what to do. */
  usage: 2,
  /** Ctrl-C, SIGTERM or SIGHUP; what was done so far is saved where the command says so. */
  interrupted: 130,
} as const

export const EXIT_HELP = `
Exit codes:
  0    success
  1    an unexpected bug (run again with --debug)
  2    a mistake in the command line, a recipe or a file
  130  interrupted (Ctrl-C)`
