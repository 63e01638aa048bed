package dev.clodo.assess;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** As much of a shell as it takes to see which commands a line of a pipeline runs. */
final class Shell {
  private Shell() {}

  private static final Pattern ASSIGNMENT =
      Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)=(.*)", Pattern.DOTALL);

  /** A value that the pipeline fills in; it may hold spaces. */
  private static final Pattern EXPRESSION = Pattern.compile("\\$\\{\\{.*?}}");

  /** The simple commands of one line, each as its words without quotes. */
  static List<List<String>> commands(String written) {
    var line =
        EXPRESSION
            .matcher(written)
            .replaceAll(m -> m.group().replaceAll("\\s", "").replace("$", "\\$"));
    var commands = new ArrayList<List<String>>();
    var words = new ArrayList<String>();
    var word = new StringBuilder();
    boolean started = false;
    for (int i = 0; i <= line.length(); i++) {
      char c = i < line.length() ? line.charAt(i) : '\n';
      boolean expression = line.startsWith("${{", i);
      if (expression) {
        int end = line.indexOf("}}", i);
        end = end < 0 ? line.length() : end + 2;
        word.append(line, i, end);
        started = true;
        i = end - 1;
      } else if (c == '"' || c == '\'') {
        int end = line.indexOf(c, i + 1);
        end = end < 0 ? line.length() : end;
        word.append(line, i + 1, end);
        started = true;
        i = end;
      } else if (c == '\\' && i + 1 < line.length()) {
        word.append(line.charAt(++i));
        started = true;
      } else if (c == '#' && !started) {
        i = line.length() - 1;
      } else if (Character.isWhitespace(c)
          || c == ';'
          || c == '|'
          || c == '('
          || c == ')'
          || (c == '&' && !word.toString().endsWith(">"))) {
        if (started) {
          words.add(word.toString());
          word.setLength(0);
          started = false;
        }
        boolean over = c != ' ' && c != '\t' && c != '\r';
        if (over && !words.isEmpty()) {
          commands.add(List.copyOf(words));
          words.clear();
        }
      } else {
        word.append(c);
        started = true;
      }
    }
    return commands;
  }

  /** The words behind leading {@code NAME=value}, which are put into {@code env}. */
  static List<String> withoutAssignments(List<String> words, Map<String, String> env) {
    int i = 0;
    if (!words.isEmpty()
        && (words.getFirst().equals("env") || words.getFirst().startsWith("cross-env"))) {
      i = 1;
    }
    while (i < words.size()) {
      var m = ASSIGNMENT.matcher(words.get(i));
      if (!m.matches()) {
        break;
      }
      env.put(m.group(1), m.group(2));
      i++;
    }
    return words.subList(i, words.size());
  }
}
