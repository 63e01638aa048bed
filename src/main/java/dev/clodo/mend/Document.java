package dev.clodo.mend;

import dev.clodo.mend.Layout.Group;
import dev.clodo.mend.Layout.Items;
import dev.clodo.mend.Layout.Member;
import dev.clodo.mend.Layout.Node;
import dev.clodo.mend.Layout.Section;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy.Edit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The text of one configuration, TOML or JSON with comments, and the edits that change one thing in
 * it: comments, order, line ends, indentation and trailing commas stay as they are.
 *
 * <p>Values are strings, booleans, numbers ({@link Integer}, {@link Long}, {@link
 * java.math.BigDecimal}), lists of values and maps of strings to values. An edit that can't be made
 * for certain is empty: the table is written in a way that has no plain place for it, or the text
 * is not of the format.
 */
public final class Document {
  /** Keys that people expect at the top, in this order. */
  private static final List<String> FIRST =
      List.of("$schema", "name", "account_id", "main", "compatibility_date", "compatibility_flags");

  /** Characters: an edit of more than one place is shown as one, which must stay readable. */
  private static final int LONGEST_SPAN = 600;

  private final String text;
  private final boolean toml;
  private final Lines lines;
  private final String newline;
  private final Optional<Layout> layout;

  /** What starts at an offset, for those that are values. */
  private final Map<Integer, Node> values = new HashMap<>();

  /** What starts at an offset, for those that are keys. */
  private final Map<Integer, Layout.Key> keys = new HashMap<>();

  private Document(Path file, String text) {
    this.text = text;
    this.toml = file.toString().endsWith(".toml");
    this.lines = new Lines(file, text);
    this.newline = text.contains("\r\n") ? "\r\n" : "\n";
    this.layout = Layout.of(text, toml);
    layout.ifPresent(l -> {
      l.root().ifPresent(this::index);
      l.sections()
          .forEach(s -> {
            s.keys().forEach(k -> keys.put(k.start(), k));
            s.members().forEach(this::index);
          });
    });
  }

  /** A file's ending decides the format: {@code .toml}, else JSON with comments. */
  public static Document of(Path file, String text) {
    return new Document(file, withoutMark(text));
  }

  /** Locations do not count a byte order mark. */
  static String withoutMark(String text) {
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  private void index(Member member) {
    member.keys().forEach(k -> keys.put(k.start(), k));
    index(member.value());
  }

  private void index(Node node) {
    values.put(node.start(), node);
    switch (node) {
      case Group group -> group.members().forEach(this::index);
      case Items items -> items.items().forEach(this::index);
      case Layout.Scalar _ -> {}
    }
  }

  /** Writes another value where one starts. */
  public Optional<Edit> replace(Location value, Object with) {
    return Optional.ofNullable(values.get(lines.offset(value)))
        .map(n -> edit(n.start(), n.end(), Quoted.value(with, toml)));
  }

  /**
   * Gives the key that starts at a place another name. Where a table of TOML has several headers,
   * all of them.
   */
  public Optional<Edit> rename(Location key, String name) {
    var found = keys.get(lines.offset(key));
    if (found == null) {
      return Optional.empty();
    }
    var header = headerWith(found);
    if (header.isEmpty()) {
      return Optional.of(edit(found.start(), found.end(), spelled(found, name)));
    }
    var path = header.get().path().subList(0, header.get().keys().indexOf(found) + 1);
    var same =
        sections().filter(s -> startsWith(s.path(), path)).map(s -> s.keys().get(path.size() - 1));
    return several(same.toList(), name);
  }

  private Optional<Edit> several(List<Layout.Key> all, String name) {
    int start = all.getFirst().start();
    int end = all.getLast().end();
    if (all.size() > 1 && end - start > LONGEST_SPAN) {
      return Optional.empty();
    }
    var out = new StringBuilder();
    int done = start;
    for (var key : all) {
      out.append(text, done, key.start()).append(spelled(key, name));
      done = key.end();
    }
    return Optional.of(edit(start, end, out.toString()));
  }

  /** With quotes where the old name has some. */
  private String spelled(Layout.Key key, String name) {
    boolean bare = toml && "\"'".indexOf(text.charAt(key.start())) < 0;
    return bare ? Quoted.key(name, true) : Quoted.string(name);
  }

  /**
   * Removes the entry whose key, or the item of an array that starts at a place, with the comment
   * on its line. At a header of TOML that is the table.
   */
  public Optional<Edit> remove(Location at) {
    int offset = lines.offset(at);
    return layout.flatMap(l ->
        l.root().isPresent()
            ? removeWithin(l.root().get(), offset)
            : l.sections().stream().flatMap(s -> removeWithin(s, offset).stream()).findFirst());
  }

  private Optional<Edit> removeWithin(Section section, int offset) {
    boolean header = section.start() == offset && !section.isTop();
    if (header || section.keys().stream().anyMatch(k -> k.start() == offset)) {
      return removeSection(section);
    }
    for (var member : section.members()) {
      if (member.start() == offset) {
        int after = afterLine(member.end());
        return Optional.of(edit(lineStart(member.start()), after, ""));
      }
      var within = removeWithin(member.value(), offset);
      if (within.isPresent()) {
        return within;
      }
    }
    return Optional.empty();
  }

  /** With the tables inside it, where they follow it. */
  private Optional<Edit> removeSection(Section section) {
    var all = sections().toList();
    int first = all.indexOf(section);
    int last = first;
    while (last + 1 < all.size()
        && all.get(last + 1).keys().size() > section.keys().size()
        && startsWith(all.get(last + 1).path(), section.path())) {
      last++;
    }
    int end = afterLine(all.get(last).bodyEnd());
    int start = lineStart(section.start());
    // One of the two blank lines around it goes too.
    if (end == text.length() && start >= 2 * newline.length()) {
      var blank = newline + newline;
      start = text.startsWith(blank, start - blank.length()) ? start - newline.length() : start;
    } else if (text.startsWith(newline, end)) {
      end += newline.length();
    }
    return Optional.of(edit(start, end, ""));
  }

  private Optional<Edit> removeWithin(Node node, int offset) {
    return switch (node) {
      case Layout.Scalar _ -> Optional.empty();
      case Group group -> {
        for (var member : group.members()) {
          if (member.start() == offset) {
            yield Optional.of(remove(Row.of(group), group.members().indexOf(member)));
          }
          var within = removeWithin(member.value(), offset);
          if (within.isPresent()) {
            yield within;
          }
        }
        yield Optional.empty();
      }
      case Items items -> {
        for (var item : items.items()) {
          if (item.start() == offset) {
            yield Optional.of(remove(Row.of(items), items.items().indexOf(item)));
          }
          var within = removeWithin(item, offset);
          if (within.isPresent()) {
            yield within;
          }
        }
        yield Optional.empty();
      }
    };
  }

  /** What stands between brackets, separated by commas. */
  private record Row(int start, int end, List<Span> elements) {
    static Row of(Group group) {
      return new Row(
          group.start(),
          group.end(),
          group.members().stream().map(m -> new Span(m.start(), m.end())).toList());
    }

    static Row of(Items items) {
      return new Row(
          items.start(),
          items.end(),
          items.items().stream().map(n -> new Span(n.start(), n.end())).toList());
    }
  }

  private record Span(int start, int end) {}

  private Edit remove(Row row, int index) {
    var element = row.elements().get(index);
    int comma = commaAfter(element.end());
    int end = comma < 0 ? element.end() : comma + 1;
    int from = lineStart(element.start());
    boolean ownLine =
        text.substring(from, element.start()).isBlank()
            && afterBlanksAndComment(end) == Layout.endOfLine(text, end)
            && from > row.start();
    if (comma < 0 && index > 0) {
      // The comma before the last one goes with it; comments between them stay.
      int before = commaAfter(row.elements().get(index - 1).end());
      var kept = text.substring(before + 1, element.start()).stripTrailing();
      return edit(before, ownLine ? Layout.endOfLine(text, end) : element.end(), kept);
    }
    if (ownLine) {
      return edit(from, afterLine(end), "");
    }
    while (end < row.end() && " \t".indexOf(text.charAt(end)) >= 0) {
      end++;
    }
    return edit(element.start(), end, "");
  }

  /** Adds a setting to the table at a path of keys from the root; tables on the way are made. */
  public Optional<Edit> add(List<String> path, String key, Object value) {
    return layout.flatMap(l ->
        l.root().isPresent()
            ? addWithin(l.root().get(), path, key, value)
            : addToToml(path, key, value));
  }

  /**
   * Adds a setting to the table that starts at a place: a brace, or a header. The root is no such
   * place.
   */
  public Optional<Edit> add(Location table, String key, Object value) {
    int offset = lines.offset(table);
    if (values.get(offset) instanceof Group group) {
      return Optional.of(insert(Row.of(group), pair(key, value), placeOf(group, key)));
    }
    return sections()
        .filter(s -> !s.isTop() && s.start() == offset)
        .findFirst()
        .map(s -> addTo(s, key, value));
  }

  /**
   * Adds an item to the array under the last key of a path; the array and the tables on the way are
   * made. A map becomes a {@code [[table]]} where TOML writes one.
   */
  public Optional<Edit> append(List<String> path, Object item) {
    var parent = path.subList(0, path.size() - 1);
    var key = path.getLast();
    return layout.flatMap(l -> {
      if (toml) {
        var last = sections().filter(s -> startsWith(s.path(), path)).reduce((_, b) -> b);
        if (last.isPresent()) {
          boolean repeats = sections().anyMatch(s -> s.path().equals(path) && s.repeated());
          return repeats && item instanceof Map<?, ?> map
              ? Optional.of(newSection(endOfBody(last.get()), header(path, true), map))
              : Optional.empty();
        }
      }
      var found = valueAt(path);
      if (found.isEmpty()) {
        return add(parent, key, List.of(item));
      }
      return found.get() instanceof Items items
          ? Optional.of(insert(Row.of(items), Quoted.value(item, toml), items.items().size()))
          : Optional.empty();
    });
  }

  /**
   * The same edit on what really stands at its place: a check knows a value, the text has it in
   * quotes of its own. Empty when something else stands there.
   */
  public Optional<Edit> settle(Edit edit) {
    int offset = lines.offset(edit.at());
    if (offset < 0) {
      return Optional.empty();
    }
    var value = values.get(offset);
    var key = keys.get(offset);
    if (value != null && !edit.instead().isEmpty() && meansSame(value, edit.instead())) {
      return Optional.of(like(edit, value.start(), value.end(), edit.text()));
    }
    if (key != null && key.name().equals(unquoted(edit.instead()))) {
      return rename(edit.at(), unquoted(edit.text()))
          .map(e -> new Edit(e.at(), e.instead(), e.text(), edit.confidence()));
    }
    boolean inserts = edit.instead().isEmpty();
    return inserts || (text.startsWith(edit.instead(), offset) && value == null && key == null)
        ? Optional.of(edit)
        : Optional.empty();
  }

  private boolean meansSame(Node value, String instead) {
    var raw = text.substring(value.start(), value.end());
    if (raw.equals(instead)) {
      return true;
    }
    if (!(value instanceof Layout.Scalar)) {
      return false;
    }
    if (instead.isEmpty() || !isQuoted(raw)) {
      return sameNumber(raw, instead);
    }
    return raw.startsWith("\"\"\"") || Quoted.read(raw).equals(unquoted(instead));
  }

  private static boolean sameNumber(String raw, String instead) {
    try {
      return new java.math.BigDecimal(raw.replace("_", ""))
              .compareTo(new java.math.BigDecimal(instead))
          == 0;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static boolean isQuoted(String raw) {
    return raw.length() >= 2 && "\"'".indexOf(raw.charAt(0)) >= 0;
  }

  /** The checks write a value between quotes as it is, without escapes. */
  private static String unquoted(String written) {
    return isQuoted(written) ? written.substring(1, written.length() - 1) : written;
  }

  private Edit like(Edit edit, int start, int end, String with) {
    return new Edit(lines.at(start), text.substring(start, end), with, edit.confidence());
  }

  /** The text with the values of all variables made unreadable: what may be shown to anybody. */
  public String masked() {
    var spans = new ArrayList<Span>();
    sections()
        .forEach(s -> {
          boolean vars = isVars(s.path());
          s.members().forEach(m -> mask(join(s.path(), m.path()), m.value(), vars, spans));
        });
    layout
        .flatMap(Layout::root)
        .ifPresent(r -> r.members().forEach(m -> mask(m.path(), m.value(), false, spans)));
    var out = new StringBuilder(text);
    spans.stream()
        .sorted(Comparator.comparingInt(Span::start).reversed())
        .forEach(s -> out.replace(s.start(), s.end(), "***"));
    return out.toString();
  }

  /** {@code vars} of the top level or of an environment, and what lies in it. */
  private static boolean isVars(List<String> path) {
    return startsWith(path, List.of("vars"))
        || (path.size() > 2 && path.getFirst().equals("env") && path.get(2).equals("vars"));
  }

  private static void mask(List<String> path, Node node, boolean inside, List<Span> spans) {
    boolean vars = inside || isVars(path);
    switch (node) {
      case Layout.Scalar(var start, var end) when vars -> spans.add(new Span(start, end));
      case Layout.Scalar _ -> {}
      case Group group ->
          group.members().forEach(m -> mask(join(path, m.path()), m.value(), vars, spans));
      case Items items -> items.items().forEach(n -> mask(path, n, vars, spans));
    }
  }

  private static List<String> join(List<String> path, List<String> more) {
    return Stream.concat(path.stream(), more.stream()).toList();
  }

  // JSON, and the inline tables of TOML.

  private Optional<Edit> addWithin(Group group, List<String> path, String key, Object value) {
    if (path.isEmpty()) {
      return Optional.of(insert(Row.of(group), pair(key, value), placeOf(group, key)));
    }
    // Of two equal keys the last one counts.
    for (var member : group.members().reversed()) {
      if (startsWith(path, member.path())) {
        return member.value() instanceof Group inner
            ? addWithin(inner, path.subList(member.keys().size(), path.size()), key, value)
            : Optional.empty();
      }
      if (startsWith(member.path(), path)) {
        return Optional.empty();
      }
    }
    return addWithin(group, List.of(), path.getFirst(), nested(path, key, value));
  }

  private static Object nested(List<String> path, String key, Object value) {
    Object whole = Map.of(key, value);
    for (var name : path.subList(1, path.size()).reversed()) {
      whole = Map.of(name, whole);
    }
    return whole;
  }

  private String pair(String key, Object value) {
    return Quoted.pair(key, value, toml);
  }

  /** The index that a new key gets among the others. */
  private int placeOf(Group group, String key) {
    boolean root = layout.flatMap(Layout::root).filter(group::equals).isPresent();
    return root
        ? placeOf(key, group.members().stream().map(m -> m.path().getFirst()).toList())
        : group.members().size();
  }

  private static int placeOf(String key, List<String> present) {
    int rank = FIRST.indexOf(key);
    if (rank < 0) {
      return present.size();
    }
    return FIRST.subList(0, rank).stream().mapToInt(k -> present.indexOf(k) + 1).max().orElse(0);
  }

  private Edit insert(Row row, String entry, int index) {
    var elements = row.elements();
    if (elements.isEmpty()) {
      return insertFirst(row, entry);
    }
    var first = elements.getFirst();
    boolean multiline = text.substring(row.start(), first.start()).contains("\n");
    if (index == 0) {
      return edit(
          first.start(),
          first.start(),
          entry + "," + (multiline ? newline + indentAt(first.start()) : " "));
    }
    var before = elements.get(index - 1);
    var gap = multiline ? newline + indentAt(before.start()) : " ";
    int comma = commaAfter(before.end());
    if (comma >= 0) {
      int eol = Layout.endOfLine(text, comma);
      boolean atEnd = multiline && afterBlanksAndComment(comma + 1) == eol;
      int at = atEnd ? eol : comma + 1;
      return edit(at, at, gap + entry + ",");
    }
    int eol = Layout.endOfLine(text, before.end());
    var rest = text.substring(before.end(), eol);
    if (multiline && !rest.isBlank() && afterBlanksAndComment(before.end()) == eol) {
      return edit(before.end(), eol, "," + rest + gap + entry);
    }
    return edit(before.end(), before.end(), "," + gap + entry);
  }

  private Edit insertFirst(Row row, String entry) {
    var inner = text.substring(row.start() + 1, row.end() - 1);
    boolean isRoot = layout.flatMap(Layout::root).filter(r -> r.start() == row.start()).isPresent();
    if (inner.isBlank() && !isRoot && !inner.contains("\n")) {
      boolean braces = text.charAt(row.start()) == '{';
      return edit(row.start() + 1, row.end() - 1, braces ? " " + entry + " " : entry);
    }
    var outer = indentAt(row.start());
    var indent = outer + unit();
    return inner.isBlank()
        ? edit(row.start() + 1, row.end() - 1, newline + indent + entry + newline + outer)
        : edit(row.start() + 1, row.start() + 1, newline + indent + entry);
  }

  /** The comma that separates an element from the next one; -1 when there is none. */
  private int commaAfter(int end) {
    int at = Layout.afterTrivia(text, toml, end);
    return at < text.length() && text.charAt(at) == ',' ? at : -1;
  }

  /** Behind the blanks and the comments that follow on the same line. */
  private int afterBlanksAndComment(int from) {
    int after = Layout.afterTrivia(text, toml, from);
    int eol = Layout.endOfLine(text, from);
    if (after < eol) {
      return after;
    }
    // A comment that goes on behind the line's end is not one of this line.
    int open = toml ? -1 : text.lastIndexOf("/*", eol - 1);
    boolean goesOn =
        open >= from
            && text.indexOf("*/", open) > eol
            && !text.substring(from, open).contains("//");
    return goesOn ? open : eol;
  }

  // TOML.

  private Stream<Section> sections() {
    return layout.stream().flatMap(l -> l.sections().stream());
  }

  private Optional<Section> headerWith(Layout.Key key) {
    return sections().filter(s -> s.keys().contains(key)).findFirst();
  }

  private Optional<Edit> addToToml(List<String> path, String key, Object value) {
    var exact = sections().filter(s -> s.path().equals(path)).toList();
    if (exact.size() == 1 && !exact.getFirst().repeated()) {
      var section = exact.getFirst();
      boolean table = value instanceof Map<?, ?> || isTables(value);
      return Optional.of(table ? newTable(path, key, value) : addTo(section, key, value));
    }
    if (!exact.isEmpty()) {
      return Optional.empty();
    }
    for (var section : sections().toList()) {
      if (section.repeated() || !startsWith(path, section.path())) {
        continue;
      }
      var rest = path.subList(section.keys().size(), path.size());
      Optional<Member> dotted = Optional.empty();
      for (var member : section.members()) {
        if (startsWith(rest, member.path())) {
          return member.value() instanceof Group group
              ? addWithin(group, rest.subList(member.keys().size(), rest.size()), key, value)
              : Optional.empty();
        }
        if (startsWith(member.path(), rest)) {
          dotted = Optional.of(member);
        }
      }
      if (dotted.isPresent()) {
        var line = Quoted.path(rest) + "." + pair(key, value);
        return Optional.of(lineAfter(dotted.get(), line));
      }
    }
    if (value instanceof Map<?, ?> || isTables(value)) {
      return Optional.of(newTable(path, key, value));
    }
    return Optional.of(newSection(text.length(), header(path, false), Map.of(key, value)));
  }

  private static boolean isTables(Object value) {
    return value instanceof List<?> list
        && !list.isEmpty()
        && list.stream().allMatch(Map.class::isInstance);
  }

  private Edit newTable(List<String> path, String key, Object value) {
    var whole = new ArrayList<>(path);
    whole.add(key);
    if (value instanceof Map<?, ?> map) {
      return newSection(text.length(), header(whole, false), map);
    }
    var parts = new StringBuilder();
    for (var item : (List<?>) value) {
      parts.append(parts.isEmpty() ? "" : newline + newline).append(header(whole, true));
      ((Map<?, ?>) item).forEach((k, v) -> parts.append(newline).append(pair(k.toString(), v)));
    }
    return newSection(text.length(), parts.toString(), Map.of());
  }

  private static String header(List<String> path, boolean repeated) {
    return (repeated ? "[[" : "[") + Quoted.path(path) + (repeated ? "]]" : "]");
  }

  /** A header and its pairs behind everything that stands before an offset. */
  private Edit newSection(int at, String header, Map<?, ?> pairs) {
    var out = new StringBuilder();
    boolean atEnd = at == text.length();
    boolean fresh = at == 0 || text.charAt(at - 1) == '\n';
    out.append(fresh ? "" : newline).append(at == 0 ? "" : newline).append(header);
    pairs.forEach((k, v) -> out.append(newline).append(pair(k.toString(), v)));
    return edit(at, at, out.append(atEnd ? newline : "").toString());
  }

  /** Behind the line on which a section's last pair ends, before its line break. */
  private int endOfBody(Section section) {
    return Layout.endOfLine(text, section.bodyEnd());
  }

  private Edit addTo(Section section, String key, Object value) {
    var line = pair(key, value);
    var members = section.members();
    if (section.isTop()) {
      var present = members.stream().map(m -> m.path().getFirst()).toList();
      int index = placeOf(key, present);
      if (index == 0) {
        int at = members.isEmpty() ? startOfTop() : lineStart(members.getFirst().start());
        boolean apart = members.isEmpty() && at < text.length();
        return edit(at, at, line + newline + (apart ? newline : ""));
      }
      return lineAfter(members.get(index - 1), line);
    }
    if (members.isEmpty()) {
      int at = Layout.endOfLine(text, section.end());
      return edit(at, at, newline + indentAt(section.start()) + line);
    }
    return lineAfter(members.getLast(), line);
  }

  private Edit lineAfter(Member member, String line) {
    int at = Layout.endOfLine(text, member.end());
    return edit(at, at, newline + indentAt(member.start()) + line);
  }

  /** Below a comment that heads the file and has a blank line below it. */
  private int startOfTop() {
    if (!text.startsWith("#")) {
      return 0;
    }
    int i = 0;
    while (i < text.length() && text.charAt(i) == '#') {
      i = afterLine(i);
    }
    return text.startsWith(newline, i) ? i + newline.length() : 0;
  }

  private Optional<Node> valueAt(List<String> path) {
    return layout.flatMap(l ->
        l.root().isPresent()
            ? valueIn(l.root().get().members(), path)
            : l.sections().stream()
                .filter(s -> !s.repeated() && startsWith(path, s.path()))
                .flatMap(
                    s -> valueIn(s.members(), path.subList(s.keys().size(), path.size())).stream())
                .findFirst());
  }

  private static Optional<Node> valueIn(List<Member> members, List<String> path) {
    for (var member : members.reversed()) {
      if (member.path().equals(path)) {
        return Optional.of(member.value());
      }
      if (startsWith(path, member.path()) && member.value() instanceof Group group) {
        return valueIn(group.members(), path.subList(member.keys().size(), path.size()));
      }
    }
    return Optional.empty();
  }

  private static boolean startsWith(List<String> path, List<String> prefix) {
    return path.size() >= prefix.size() && path.subList(0, prefix.size()).equals(prefix);
  }

  // Text.

  private Edit edit(int start, int end, String with) {
    return new Edit(lines.at(start), text.substring(start, end), with);
  }

  private int lineStart(int offset) {
    int i = offset;
    while (i > 0 && "\r\n".indexOf(text.charAt(i - 1)) < 0) {
      i--;
    }
    return i;
  }

  /** Behind the line break of a line. */
  private int afterLine(int offset) {
    int i = Layout.endOfLine(text, offset);
    if (text.startsWith("\r\n", i)) {
      return i + 2;
    }
    return i < text.length() ? i + 1 : i;
  }

  /** The blanks that a line starts with. */
  private String indentAt(int offset) {
    int start = lineStart(offset);
    int i = start;
    while (i < text.length() && " \t".indexOf(text.charAt(i)) >= 0) {
      i++;
    }
    return text.substring(start, i);
  }

  /** How the file indents by one level. */
  private String unit() {
    return layout
        .flatMap(Layout::root)
        .filter(r -> !r.members().isEmpty())
        .map(r -> indentAt(r.members().getFirst().start()))
        .filter(i -> !i.isEmpty())
        .orElse("  ");
  }
}
