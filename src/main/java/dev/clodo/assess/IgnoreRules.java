package dev.clodo.assess;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The rules of a {@code .gitignore} or {@code .assetsignore}; the last one that fits decides. */
final class IgnoreRules {
  private record Rule(Pattern pattern, boolean ignores, boolean foldersOnly) {}

  private final List<Rule> rules = new ArrayList<>();

  IgnoreRules(String text) {
    for (var line : text.split("\n", -1)) {
      add(line);
    }
  }

  /**
   * Whether a file is left out.
   *
   * @param path relative to the folder of the rules, with slashes
   */
  boolean ignores(String path) {
    // What lies in an ignored folder can't be taken back in.
    for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      if (decided(path.substring(0, slash), true)) {
        return true;
      }
    }
    return decided(path, false);
  }

  private boolean decided(String path, boolean isFolder) {
    boolean ignored = false;
    for (var rule : rules) {
      if ((isFolder || !rule.foldersOnly()) && rule.pattern().matcher(path).matches()) {
        ignored = rule.ignores();
      }
    }
    return ignored;
  }

  private void add(String line) {
    var text = line.replaceAll("(?<!\\\\)\\s+$", "");
    if (text.isEmpty() || text.startsWith("#")) {
      return;
    }
    boolean ignores = !text.startsWith("!");
    if (!ignores || text.startsWith("\\#") || text.startsWith("\\!")) {
      text = text.substring(1);
    }
    boolean foldersOnly = text.endsWith("/");
    if (foldersOnly) {
      text = text.substring(0, text.length() - 1);
    }
    boolean anchored = text.contains("/");
    if (text.startsWith("/")) {
      text = text.substring(1);
    }
    if (text.isEmpty()) {
      return;
    }
    try {
      rules.add(
          new Rule(
              Pattern.compile((anchored ? "" : "(?:.*/)?") + expression(text)),
              ignores,
              foldersOnly));
    } catch (PatternSyntaxException unfinishedClass) {
      // git ignores such a rule too.
      return;
    }
  }

  private static String expression(String glob) {
    var out = new StringBuilder();
    for (int i = 0; i < glob.length(); i++) {
      char ch = glob.charAt(i);
      if (glob.startsWith("**/", i)) {
        out.append("(?:.*/)?");
        i += 2;
      } else if (glob.startsWith("/**", i) && i + 3 == glob.length()) {
        out.append("/.*");
        i += 2;
      } else if (ch == '*') {
        out.append("[^/]*");
      } else if (ch == '?') {
        out.append("[^/]");
      } else if (ch == '[' && glob.indexOf(']', i + 2) > 0) {
        int end = glob.indexOf(']', i + 2);
        var inside = glob.substring(i + 1, end);
        out.append('[')
            .append(inside.startsWith("!") ? "^" + inside.substring(1) : inside)
            .append(']');
        i = end;
      } else if (ch == '\\' && i + 1 < glob.length()) {
        i++;
        out.append(Pattern.quote(String.valueOf(glob.charAt(i))));
      } else {
        out.append(Pattern.quote(String.valueOf(ch)));
      }
    }
    return out.toString();
  }
}
