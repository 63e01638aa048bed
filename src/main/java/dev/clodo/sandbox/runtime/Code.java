package dev.clodo.sandbox.runtime;

import java.util.List;

/// The program of a version.
public sealed interface Code {

  /// ES modules, or CommonJS ones beside them.
  ///
  /// @param main the name of the module whose exports are the Worker
  record Modules(String main, List<WorkerModule> modules) implements Code {
    public Modules {
      modules = List.copyOf(modules);
    }
  }

  /// The older format: one script that calls `addEventListener`. Its text, data and WebAssembly
  /// parts are bindings.
  record ServiceWorker(WorkerModule script) implements Code {}

  /// No program at all: a Worker that serves its assets.
  record AssetsOnly() implements Code {}
}
