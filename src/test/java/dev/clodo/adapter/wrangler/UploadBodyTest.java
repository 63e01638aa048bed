package dev.clodo.adapter.wrangler;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class UploadBodyTest {
  private static final String METADATA =
      """
      {"main_module":"index.js","bindings":[{"name":"A","type":"plain_text","text":"1"}]}\
      """;

  @Test
  void theBoundaryTheAnnotationsAndTheSourceMapDoNotCount() throws Exception {
    var one = body("----formdata-undici-1", METADATA, "code", "map one");
    var other =
        body(
            "----formdata-undici-2",
            """
            {"bindings":[{"text":"1","type":"plain_text","name":"A"}],"main_module":"index.js",\
            "annotations":{"workers/tag":"x","workers/message":"y"}}\
            """,
            "code",
            "map two");

    assertThat(digest(one)).isEqualTo(digest(other));
  }

  @Test
  void codeAndBindingsCount() throws Exception {
    var one = digest(body("--b", METADATA, "code", "map"));

    assertThat(digest(body("--b", METADATA, "other", "map"))).isNotEqualTo(one);
    assertThat(digest(body("--b", METADATA.replace("\"1\"", "\"2\""), "code", "map")))
        .isNotEqualTo(one);
  }

  @Test
  void whereWranglerIsInstalledDoesNotCount() throws Exception {
    var one = "// ../../cache/node_modules/wrangler/templates/no-op-worker.js\nvar x;";
    var other = "// node_modules/wrangler/templates/no-op-worker.js\nvar x;";

    assertThat(digest(body("--b", METADATA, one, "")))
        .isEqualTo(digest(body("--b", METADATA, other, "")));
  }

  @Test
  void keepsBinaryModulesAndCountsTheirBytes() {
    var text =
        String.join(
            "\r\n",
            "--b",
            "Content-Disposition: form-data; name=\"metadata\"",
            "",
            "{}",
            "--b",
            "Content-Disposition: form-data; name=\"a.wasm\"; filename=\"a.wasm\"",
            "Content-Type: application/wasm",
            "",
            "\u0000asm\r\n\r\n\u00ff",
            "--b--",
            "");

    var body = UploadBody.parse(text.getBytes(StandardCharsets.ISO_8859_1));

    assertThat(body.parts()).hasSize(2);
    assertThat(body.parts().getLast().content()).isEqualTo("\u0000asm\r\n\r\n\u00ff");
    assertThat(body.moduleBytes()).isEqualTo(9);
  }

  private static UploadBody body(String boundary, String metadata, String code, String map) {
    var text =
        String.join(
            "\r\n",
            boundary,
            "Content-Disposition: form-data; name=\"metadata\"",
            "",
            metadata,
            boundary,
            "Content-Disposition: form-data; name=\"index.js\"; filename=\"index.js\"",
            "Content-Type: application/javascript+module",
            "",
            code,
            boundary,
            "Content-Disposition: form-data; name=\"index.js.map\"; filename=\"index.js.map\"",
            "Content-Type: application/source-map",
            "",
            map,
            boundary + "--",
            "");
    return UploadBody.parse(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String digest(UploadBody body) throws Exception {
    var digest = MessageDigest.getInstance("SHA-256");
    body.addTo(digest);
    return HexFormat.of().formatHex(digest.digest());
  }
}
