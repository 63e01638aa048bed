package dev.clodo.adapter.wrangler;

/** Runs wrangler's commands; how is its own business, the results are the same. */
interface Runner extends AutoCloseable {
  /** Runs to the end, or to the command's limit. Never throws for what wrangler does. */
  Ran run(Tools tools, WranglerCommand command);

  @Override
  void close();
}
