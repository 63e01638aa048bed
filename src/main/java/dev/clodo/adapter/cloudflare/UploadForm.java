package dev.clodo.adapter.cloudflare;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.model.Artifact;
import dev.clodo.model.Bundle;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;

/**
 * The multipart form of an upload. The modules are written once for all that are published from the
 * same build; each upload adds only its metadata.
 */
final class UploadForm {
  /** Between the parts; it stands in none of them. */
  private final String boundary;

  /** All parts after the metadata, with the end of the form. */
  private final byte[] modules;

  private UploadForm(String boundary, byte[] modules) {
    this.boundary = boundary;
    this.modules = modules;
  }

  /** The form of what wrangler built. */
  static UploadForm of(Artifact artifact) {
    var boundary = boundary(artifact);
    var out = new ByteArrayOutputStream();
    for (var part : artifact.modules()) {
      var head =
          "\r\n--%s\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\nContent-Type: %s\r\n\r\n"
              .formatted(boundary, escaped(part), escaped(part), part.type());
      out.writeBytes(head.getBytes(StandardCharsets.UTF_8));
      out.writeBytes(part.content().getBytes(StandardCharsets.ISO_8859_1));
    }
    out.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8));
    return new UploadForm(boundary, out.toByteArray());
  }

  String contentType() {
    return "multipart/form-data; boundary=" + boundary;
  }

  BodyPublisher with(ObjectNode metadata) {
    var head =
        "--%s\r\nContent-Disposition: form-data; name=\"metadata\"\r\n\r\n%s"
            .formatted(boundary, metadata);
    return BodyPublishers.concat(
        BodyPublishers.ofByteArray(head.getBytes(StandardCharsets.UTF_8)),
        BodyPublishers.ofByteArray(modules));
  }

  /** Names come from wrangler's own form, where they are escaped already. */
  private static String escaped(Bundle.Part part) {
    return new String(part.name().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static String boundary(Artifact artifact) {
    var boundary = "----clodo-" + artifact.digest();
    while (stands(boundary, artifact)) {
      boundary += "-";
    }
    return boundary;
  }

  private static boolean stands(String boundary, Artifact artifact) {
    return artifact.metadata().contains(boundary)
        || artifact.modules().stream().anyMatch(p -> p.content().contains(boundary));
  }
}
