package dev.clodo.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.clodo.Failure;

/** {@code clodo.error/1}: why a command could not answer. */
final class ErrorJson {
  private ErrorJson() {}

  static String of(Failure failure) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("schema", "clodo.error/1")
        .put("exit", failure.exit().code())
        .put("kind", failure.exit().name().toLowerCase(java.util.Locale.ROOT))
        .put("message", failure.message())
        .toPrettyString();
  }
}
