package dev.clodo;

/** How a command ended, by who must act next; the process's exit code. */
public enum Exit {
  DONE(0),
  /** The command line was wrong. */
  USAGE(1),
  /** The workspace is not ready; the findings are printed. */
  NOT_READY(2),
  ROLLED_BACK(3),
  NOTHING_TO_DO(4),
  /** Somebody else is at work, or has to decide. */
  WAITING(5),
  /** Neither released nor rolled back: a person is needed. */
  STUCK(6),
  /** The network, Cloudflare, wrangler or the machine. */
  ENVIRONMENT(30),
  /** A mistake of Clodo's own. */
  BUG(31),
  /**
   * Stopped by Ctrl-C; a run that was under way can be resumed. As shells tell it: 128 + SIGINT.
   */
  INTERRUPTED(130);

  private final int code;

  Exit(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }
}
