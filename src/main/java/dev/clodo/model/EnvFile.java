package dev.clodo.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The lines of a {@code .env} file, read as wrangler's dotenv 16 does. */
public final class EnvFile {
  /** What is in quotes may go over several lines and hold its own quote behind a backslash. */
  private static final Pattern LINE =
      Pattern.compile(
          "(?m)^[ \\t]*(?:export[ \\t]+)?([\\w.-]+)[ \\t]*=[ \\t]*"
              + "('(?:[^'\\\\]++|\\\\'?)*'|\"(?:[^\"\\\\]++|\\\\\"?)*\"|`(?:[^`\\\\]++|\\\\`?)*`"
              + "|[^#\\r\\n]*)[ \\t]*(?:#.*)?$");

  private EnvFile() {}

  /** The values by name, in the order written; what is no line of this kind is passed over. */
  public static Map<String, String> parse(String text) {
    var values = new LinkedHashMap<String, String>();
    var matcher = LINE.matcher(text.replace("\uFEFF", ""));
    while (matcher.find()) {
      values.put(matcher.group(1), unquoted(matcher.group(2).strip()));
    }
    return values;
  }

  private static String unquoted(String written) {
    int last = written.length() - 1;
    if (last < 1
        || "'\"`".indexOf(written.charAt(0)) < 0
        || written.charAt(last) != written.charAt(0)) {
      return written;
    }
    var inner = written.substring(1, last);
    return written.charAt(0) == '"' ? inner.replace("\\n", "\n").replace("\\r", "\r") : inner;
  }
}
