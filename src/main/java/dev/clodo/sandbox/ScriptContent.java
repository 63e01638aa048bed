package dev.clodo.sandbox;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// A version's code as the API gives it back: modules as a multipart body whose main module is
/// named in `cf-entrypoint`, the older format as the script itself.
final class ScriptContent {
  private ScriptContent() {}

  static Answer of(Program program, Blobs blobs) {
    if (!program.esModules()) {
      return program.modules().stream()
          .filter(module -> module.name().equals(program.main()))
          .findFirst()
          .map(module -> Answer.raw("application/javascript", blobs.get(module.blob())))
          .orElseGet(() -> Answer.raw("application/javascript", new byte[0]));
    }
    var boundary = "clodo-" + Ids.hex();
    var body = new ByteArrayOutputStream();
    for (var module : program.modules()) {
      write(
          body,
          "--%s\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\nContent-Type: %s\r\n\r\n"
              .formatted(boundary, module.name(), module.name(), module.contentType()));
      body.writeBytes(blobs.get(module.blob()));
      write(body, "\r\n");
    }
    write(body, "--" + boundary + "--\r\n");
    return new Answer.Raw(
        200,
        "multipart/form-data; boundary=" + boundary,
        body.toByteArray(),
        Map.of("cf-entrypoint", program.main()));
  }

  private static void write(ByteArrayOutputStream body, String text) {
    body.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }
}
