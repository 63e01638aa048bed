package dev.clodo.discover;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.Inventory;
import dev.clodo.model.Location;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;
import org.tomlj.TomlVersion;

/**
 * TOML to {@link ConfigValue}, with the position of every key and every value.
 *
 * <p>tomlj tells where the statement that defines a key starts; which part of the statement is the
 * key and where its value starts is read from the text here. tomlj counts code points, a {@link
 * Location} counts UTF-16 units.
 */
final class TomlReader {
  /** More would only repeat the first mistake. */
  private static final int MAX_PROBLEMS = 20;

  /** wrangler's parser refuses integers beyond what JavaScript counts exactly. */
  private static final long MAX_INTEGER = (1L << 53) - 1;

  private static final Pattern LINE_ENDS = Pattern.compile("\\r?\\n");

  /** A backslash at the end of a line takes up that end and all blanks and ends behind it. */
  private static final Pattern LINE_ENDS_AND_ESCAPES =
      Pattern.compile("\\\\[ \\t]*\\r?\\n[ \\t\\r\\n]*|\\\\u.{4}|\\\\U.{8}|\\\\x..|\\\\.|\\r?\\n");

  private static final Pattern ESCAPED_LINE_FEED =
      Pattern.compile("\\\\(?:n|u000[aA]|U0000000[aA]|x0[aA])");

  private final Path file;
  private final String text;
  private final int[] lineStarts;
  private final List<WranglerConfigManager.Problem> problems = new ArrayList<>();

  // tomlj walks in the order of the text, so the place of the last answer is a short way from the
  // next one even on a line of a million columns.
  private int lastLine = 1;
  private int lastColumn = 1;
  private int lastOffset;

  private TomlReader(Path file, String text) {
    this.file = file;
    this.text = text;
    this.lineStarts = lineStarts(text);
  }

  static WranglerConfigManager.Reading read(Path file, String text) {
    return new TomlReader(file, text).read();
  }

  private WranglerConfigManager.Reading read() {
    // wrangler's own parser knows TOML 1.1: newlines and trailing commas inside inline tables.
    var parsed = Toml.parse(text, TomlVersion.V1_1_0);
    if (parsed.hasErrors()) {
      var problems =
          parsed.errors().stream().limit(MAX_PROBLEMS).map(this::problem).distinct().toList();
      return new WranglerConfigManager.Reading.Refused(
          Inventory.Unreadable.Reason.MALFORMED, problems);
    }
    var root = table(parsed, Location.startOf(file), 0, 0);
    if (!problems.isEmpty()) {
      return new WranglerConfigManager.Reading.Refused(
          Inventory.Unreadable.Reason.MALFORMED, problems.stream().limit(MAX_PROBLEMS).toList());
    }
    return new WranglerConfigManager.Reading.Read(
        new WranglerConfigManager.ConfigFile(file, root, List.of()));
  }

  /**
   * @param depth how many keys lead here from the root
   * @param segment which part of a dotted {@code a.b = 1} names a key of this table
   */
  private ConfigValue.Table table(TomlTable source, Location at, int depth, int segment) {
    var entries = new LinkedHashMap<String, ConfigValue.Entry>();
    for (String key : source.keySet()) {
      var path = List.of(key);
      var position = source.inputPositionOf(path);
      var statement = statementAt(position == null ? TomlPosition.positionAt(1, 1) : position);
      int index = statement.header() ? depth : segment;
      var keyAt = statement.segment(index);
      var value = source.get(path);
      if (value != null) {
        entries.put(key, new ConfigValue.Entry(keyAt, value(value, statement, index, depth + 1)));
      }
    }
    return new ConfigValue.Table(entries, at);
  }

  private ConfigValue value(Object source, Statement statement, int index, int depth) {
    if (statement.header()) {
      var at = index == statement.last() ? statement.at() : statement.segment(index);
      return switch (source) {
        case TomlTable t -> table(t, at, depth, 0);
        case TomlArray a -> sequence(a, at, depth);
        default -> scalar(source, at);
      };
    }
    if (source instanceof TomlTable t && index < statement.last()) {
      return table(t, statement.segment(index), depth, index + 1);
    }
    return value(source, statement.valueAt(), depth);
  }

  private ConfigValue value(Object source, Location at, int depth) {
    return switch (source) {
      case TomlTable t -> table(t, at, depth, 0);
      case TomlArray a -> sequence(a, at, depth);
      default -> scalar(source, at);
    };
  }

  private ConfigValue.Sequence sequence(TomlArray source, Location at, int depth) {
    var items = new ArrayList<ConfigValue>(source.size());
    for (int i = 0; i < source.size(); i++) {
      var position = source.inputPositionOf(i);
      var itemAt = position == null ? at : location(position);
      items.add(value(source.get(i), itemAt, depth));
    }
    return new ConfigValue.Sequence(items, at);
  }

  private ConfigValue scalar(Object source, Location at) {
    return switch (source) {
      case String s -> new ConfigValue.Text(withLineEnds(s, at), at);
      case Boolean b -> new ConfigValue.Flag(b, at);
      case Long n -> {
        if (Math.abs(n) > MAX_INTEGER || n == Long.MIN_VALUE) {
          problems.add(
              new WranglerConfigManager.Problem(
                  at,
                  "The integer is further from 0 than "
                      + MAX_INTEGER
                      + ", which wrangler refuses. Put it in quotes."));
        }
        yield new ConfigValue.Numeric(BigDecimal.valueOf(n), at);
      }
      // Infinity and NaN: wrangler writes them into its requests as JSON, where they become null.
      case Double d when !Double.isFinite(d) -> new ConfigValue.Nothing(at);
      case Double d -> new ConfigValue.Numeric(BigDecimal.valueOf(d), at);
      default -> new ConfigValue.Date(literalAt(at), at);
    };
  }

  /**
   * A text over several lines with the ends of these as they are written: wrangler keeps them,
   * tomlj makes each a line feed.
   */
  private String withLineEnds(String value, Location at) {
    int start = offset(at);
    boolean isBasic = text.startsWith("\"\"\"", start);
    if (value.indexOf('\n') < 0 || !(isBasic || text.startsWith("'''", start))) {
      return value;
    }
    var written = (isBasic ? LINE_ENDS_AND_ESCAPES : LINE_ENDS).matcher(text);
    // The end of the line that the quotes open is not part of the text.
    int opened = start + 3;
    int behind = text.startsWith("\r\n", opened) ? 2 : text.startsWith("\n", opened) ? 1 : 0;
    written.region(opened + behind, text.length());
    var kept = new StringBuilder();
    int from = 0;
    for (int to = value.indexOf('\n'); to >= 0; to = value.indexOf('\n', from)) {
      kept.append(value, from, to).append(nextEnd(written));
      from = to + 1;
    }
    return kept.append(value, from, value.length()).toString();
  }

  /** What the next line feed of a value is written as. */
  private static String nextEnd(Matcher written) {
    while (written.find()) {
      var word = written.group();
      if (!word.startsWith("\\")) {
        return word;
      }
      if (ESCAPED_LINE_FEED.matcher(word).matches()) {
        return "\n";
      }
    }
    return "\n";
  }

  /** The bare word at a place: everything up to what can't be part of a date. */
  private String literalAt(Location at) {
    int start = offset(at);
    int end = start;
    while (end < text.length() && ",]}#\r\n".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return text.substring(start, end).strip();
  }

  /**
   * One {@code [header]} or {@code key = value}.
   *
   * @param header whether it is a header; its segments then count from the root
   * @param at where it starts
   * @param segments where each part of its dotted key starts
   * @param valueAt where the value starts; for a header the header itself
   */
  private record Statement(boolean header, Location at, List<Location> segments, Location valueAt) {
    int last() {
      return segments.size() - 1;
    }

    Location segment(int index) {
      return index >= 0 && index < segments.size() ? segments.get(index) : at;
    }
  }

  private Statement statementAt(TomlPosition position) {
    var at = location(position);
    int line = at.line();
    int offset = offset(at);
    boolean header = offset < text.length() && text.charAt(offset) == '[';
    while (offset < text.length() && text.charAt(offset) == '[') {
      offset++;
    }
    var segments = new ArrayList<Location>(2);
    while (offset < text.length()) {
      offset = skipBlanks(offset);
      segments.add(onLine(line, offset));
      offset = skipBlanks(endOfSegment(offset));
      if (offset >= text.length() || text.charAt(offset) != '.') {
        break;
      }
      offset++;
    }
    if (header || offset >= text.length() || text.charAt(offset) != '=') {
      return new Statement(header, at, segments, at);
    }
    return new Statement(false, at, segments, onLine(line, skipBlanks(offset + 1)));
  }

  private int endOfSegment(int start) {
    if (start >= text.length()) {
      return start;
    }
    char quote = text.charAt(start);
    int i = start;
    if (quote == '"' || quote == '\'') {
      i++;
      while (i < text.length() && text.charAt(i) != quote && text.charAt(i) != '\n') {
        i += quote == '"' && text.charAt(i) == '\\' ? 2 : 1;
      }
      return Math.min(i + 1, text.length());
    }
    while (i < text.length() && ".= \t]\r\n".indexOf(text.charAt(i)) < 0) {
      i++;
    }
    return i;
  }

  private int skipBlanks(int offset) {
    int i = offset;
    while (i < text.length() && (text.charAt(i) == ' ' || text.charAt(i) == '\t')) {
      i++;
    }
    return i;
  }

  private int offset(Location at) {
    return lineStarts[at.line() - 1] + at.column() - 1;
  }

  private Location onLine(int line, int offset) {
    return new Location(file, line, offset - lineStarts[line - 1] + 1);
  }

  private Location location(TomlPosition position) {
    int line = Math.clamp(position.line(), 1, lineStarts.length);
    int column = Math.max(position.column(), 1);
    if (line != lastLine || column < lastColumn) {
      lastLine = line;
      lastColumn = 1;
      lastOffset = lineStarts[line - 1];
    }
    int end = line < lineStarts.length ? lineStarts[line] : text.length();
    while (lastColumn < column && lastOffset < end) {
      lastOffset += Character.charCount(text.codePointAt(lastOffset));
      lastColumn++;
    }
    // An error at the end of the input may lie behind the last character.
    return onLine(line, Math.min(lastOffset, end));
  }

  private WranglerConfigManager.Problem problem(TomlParseError error) {
    var message = withoutValues(String.valueOf(error.getMessage()));
    return new WranglerConfigManager.Problem(
        location(error.position()), message + ". " + remedy(message));
  }

  /** What the parser stumbles over may be a secret that lacks a quote; a key's name is none. */
  private static String withoutValues(String message) {
    return message.contains("previously defined")
        ? message
        : message.replaceAll("'[^']*[\\p{L}\\d]{2}.*'", "text");
  }

  private static String remedy(String message) {
    if (message.contains("previously defined")) {
      return "Keep one of the two, or merge them under one header.";
    }
    if (message.contains("a value")) {
      return "Write a value after the =; text needs quotes, as in name = \"api\".";
    }
    if (message.contains("expected a newline")) {
      return "Give each key = value a line of its own and end lines with LF or CRLF.";
    }
    if (message.contains("Leading zeros")) {
      return "Remove the zeros, or put the value in quotes if it is text.";
    }
    if (message.contains("end of line") && message.contains("\"")) {
      return "Close the text with a quote on the same line, or open and close it with \"\"\".";
    }
    if (message.contains("expected ]") || message.contains("unclosed")) {
      return "Close the bracket.";
    }
    if (message.contains("expected a key")) {
      return "Start the line with a key, a [table] or a # comment; letters beyond a-z, spaces and"
          + " dots in a key need quotes.";
    }
    if (message.contains("escape")) {
      return "Write a backslash as \\\\, or use 'single quotes', which take text as it is.";
    }
    return "Mend the TOML at this place.";
  }

  private static int[] lineStarts(String text) {
    int lines = 1;
    for (int i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
      lines++;
    }
    var starts = new int[lines];
    int line = 1;
    for (int i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
      starts[line++] = i + 1;
    }
    return starts;
  }
}
