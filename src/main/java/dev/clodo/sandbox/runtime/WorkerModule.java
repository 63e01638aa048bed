package dev.clodo.sandbox.runtime;

import java.nio.file.Path;

/// One part of an uploaded program.
///
/// @param name as other modules import it, for example `lib/util.js`
/// @param contentType as uploaded, which decides the kind: `application/javascript+module`,
///   `application/javascript`, `application/wasm`, `text/plain`, `application/json`,
///   `application/octet-stream`, `text/x-python`; `application/source-map` is ignored
/// @param content a file with its bytes; it must stay as long as the version can be started
public record WorkerModule(String name, String contentType, Path content) {}
