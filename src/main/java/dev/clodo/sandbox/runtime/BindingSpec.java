package dev.clodo.sandbox.runtime;

import java.nio.file.Path;

/// One entry of a Worker's `env`. Nothing is left to look up: what an upload says by `inherit`, or
/// keeps, has been replaced by the value itself.
public sealed interface BindingSpec {

  /// The property of `env`.
  String name();

  record PlainText(String name, String text) implements BindingSpec {}

  /// @param json the value's JSON text
  record Json(String name, String json) implements BindingSpec {}

  /// Its text must not be printed, which the record's own `toString` honours.
  record Secret(String name, String text) implements BindingSpec {
    @Override
    public String toString() {
      return "Secret[name=" + name + "]";
    }
  }

  record Kv(String name, String namespaceId) implements BindingSpec {}

  record D1(String name, String databaseId) implements BindingSpec {}

  record R2(String name, String bucket) implements BindingSpec {}

  /// A queue producer.
  record Queue(String name, String queue) implements BindingSpec {}

  /// @param entrypoint the exported class, or an empty text for the default export
  /// @param props JSON text handed to the callee as `ctx.props`, `{}` for none
  record Service(String name, String script, String entrypoint, String props)
      implements BindingSpec {}

  /// @param script whose class it is; the script itself, or another one
  record DurableObject(String name, String className, String script) implements BindingSpec {}

  record Assets(String name) implements BindingSpec {}

  /// @param timestamp ISO 8601, when the version was created
  record VersionMetadata(String name, String tag, String timestamp) implements BindingSpec {}

  /// A part of a service-worker upload, as a global.
  record TextBlob(String name, Path content) implements BindingSpec {}

  record DataBlob(String name, Path content) implements BindingSpec {}

  record WasmModule(String name, Path content) implements BindingSpec {}

  /// What the sandbox does not run. Any use throws "{type} is not available in the sandbox".
  ///
  /// @param type the word of the upload's metadata, for example `vectorize`
  record Unavailable(String name, String type) implements BindingSpec {}
}
