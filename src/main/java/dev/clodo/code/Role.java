package dev.clodo.code;

/** What an expression denotes, as far as the Worker's environment is concerned. */
sealed interface Role {
  /** Anything else. */
  record Nothing() implements Role {}

  /** The Worker's environment. */
  record Env() implements Role {}

  /** An object whose property {@code env} is the environment, or that leads to such a one. */
  record Holder() implements Role {}

  /** The execution context of a request. */
  record Context() implements Role {}

  record ProcessEnv() implements Role {}

  /** The value under a name of the environment. */
  record Value(String name) implements Role {}

  /** The value under a name of {@code process.env}. */
  record ProcessValue(String name) implements Role {}

  Role NOTHING = new Nothing();
  Role ENV = new Env();
  Role HOLDER = new Holder();
  Role CONTEXT = new Context();
  Role PROCESS_ENV = new ProcessEnv();
}
