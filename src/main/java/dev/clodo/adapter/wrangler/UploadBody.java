package dev.clodo.adapter.wrangler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The multipart body that wrangler would upload, as {@code deploy --dry-run --outfile} writes it.
 *
 * @param parts in the order in which they stand
 */
record UploadBody(List<Part> parts) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
  private static final Pattern NAME = Pattern.compile("(?i)[; ]name=\"([^\"]*)\"");
  private static final Pattern TYPE = Pattern.compile("(?im)^content-type: *(.*)$");

  /**
   * esbuild's comment over a module that comes from wrangler's own package: its path leads from the
   * project to wherever wrangler is installed, which differs between machines.
   */
  private static final Pattern TEMPLATE_PATH =
      Pattern.compile("(?m)^// [^\\n]*/wrangler/templates/");

  /** A part; {@code type} is empty where none is stated, {@code content} is a character a byte. */
  record Part(String name, String type, String content) {
    boolean isSourceMap() {
      return type.startsWith("application/source-map");
    }
  }

  UploadBody {
    parts = List.copyOf(parts);
  }

  /** Splits a body at its own boundary, which is its first line. */
  static UploadBody parse(byte[] bytes) {
    // Latin-1 keeps every byte as one character, so that binary modules survive the search.
    var text = new String(bytes, StandardCharsets.ISO_8859_1);
    int firstEnd = text.indexOf("\r\n");
    if (!text.startsWith("--") || firstEnd < 0) {
      throw new IllegalArgumentException("not a multipart body");
    }
    var boundary = text.substring(0, firstEnd);
    var parts = new ArrayList<Part>();
    int at = firstEnd + 2;
    while (at < text.length()) {
      int end = text.indexOf("\r\n" + boundary, at);
      int headEnd = text.indexOf("\r\n\r\n", at);
      if (end < 0 || headEnd < 0 || headEnd > end) {
        break;
      }
      var head = text.substring(at, headEnd);
      var content = text.substring(headEnd + 4, end);
      var name = NAME.matcher(head);
      var type = TYPE.matcher(head);
      parts.add(
          new Part(
              name.find() ? name.group(1) : "", type.find() ? type.group(1).strip() : "", content));
      at = end + 2 + boundary.length() + 2;
    }
    return new UploadBody(parts);
  }

  /** The size of the modules, in bytes; metadata and source maps are no code. */
  long moduleBytes() {
    return parts.stream()
        .filter(p -> !p.isSourceMap() && !p.name().equals("metadata"))
        .mapToLong(p -> p.content().length())
        .sum();
  }

  /** Adds everything that makes a version what it is; source maps and annotations do not. */
  void addTo(MessageDigest digest) {
    for (var part : parts) {
      if (part.isSourceMap()) {
        continue;
      }
      add(digest, part.name());
      add(digest, part.type());
      add(digest, part.name().equals("metadata") ? metadata(part.content()) : code(part));
    }
  }

  private static byte[] metadata(String latin) {
    var content = latin.getBytes(StandardCharsets.ISO_8859_1);
    try {
      var tree = JSON.readTree(content);
      if (tree instanceof ObjectNode object) {
        object.remove("annotations");
      }
      return JSON.writeValueAsBytes(sorted(tree));
    } catch (IOException e) {
      return content;
    }
  }

  /** Plain maps, which the writer sorts by key; trees keep the order in which they were read. */
  private static Object sorted(JsonNode node) {
    if (node.isObject()) {
      Map<String, Object> map = new TreeMap<>();
      node.properties().forEach(e -> map.put(e.getKey(), sorted(e.getValue())));
      return map;
    }
    if (node.isArray()) {
      var list = new ArrayList<>();
      node.forEach(item -> list.add(sorted(item)));
      return list;
    }
    return node;
  }

  private static byte[] code(Part part) {
    var text =
        part.type().startsWith("application/javascript")
            ? TEMPLATE_PATH.matcher(part.content()).replaceAll("// wrangler/templates/")
            : part.content();
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static void add(MessageDigest digest, String text) {
    add(digest, text.getBytes(StandardCharsets.UTF_8));
  }

  /** With the length in front, so that no two sequences of fields look the same. */
  static void add(MessageDigest digest, byte[] bytes) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(bytes.length).array());
    digest.update(bytes);
  }
}
