package dev.clodo.render;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text that is put into HTML: nothing in it can become markup. */
final class Html {
  private static final Pattern CODE = Pattern.compile("``(.+?)``|`([^`]+)`");
  private static final Pattern LINK =
      Pattern.compile(
          "\\[([^\\]]+)\\]\\((https://[^\\s)]+)\\)|(?<![\"(])(https://[^\\s<)]+[^\\s<).,;:])");
  private static final Pattern STRONG = Pattern.compile("\\*\\*([^*]+)\\*\\*");

  private Html() {}

  /** For an element's text and for an attribute in double quotes. */
  static String escaped(String text) {
    var html = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> html.append("&amp;");
        case '<' -> html.append("&lt;");
        case '>' -> html.append("&gt;");
        case '"' -> html.append("&quot;");
        case '\'' -> html.append("&#39;");
        // Not allowed in HTML, and invisible.
        case '\u0000', '\u000b', '\u001b' -> html.append('\uFFFD');
        default -> html.append(c);
      }
    }
    return html.toString();
  }

  /** Paragraphs, lists, code, strong words and links of a Markdown text. */
  static String prose(String markdown) {
    var html = new StringBuilder();
    for (var block : blocks(markdown)) {
      html.append(block);
    }
    return html.toString();
  }

  /** One line of Markdown, without a paragraph around it. */
  static String line(String markdown) {
    var html = new StringBuilder();
    var code = CODE.matcher(markdown);
    int from = 0;
    while (code.find()) {
      html.append(words(markdown.substring(from, code.start())));
      var text = code.group(1) == null ? code.group(2) : code.group(1).strip();
      html.append("<code>").append(escaped(text)).append("</code>");
      from = code.end();
    }
    return html.append(words(markdown.substring(from))).toString();
  }

  private static String words(String text) {
    var html = STRONG.matcher(escaped(text)).replaceAll("<b>$1</b>");
    return LINK.matcher(html)
        .replaceAll(m -> {
          var to = m.group(2) == null ? m.group(3) : m.group(2);
          var name = m.group(1) == null ? to : m.group(1);
          return Matcher.quoteReplacement(
              "<a href=\"" + to + "\" rel=\"noreferrer\">" + name + "</a>");
        });
  }

  private static List<String> blocks(String markdown) {
    var blocks = new ArrayList<String>();
    var pending = new StringBuilder();
    var items = new ArrayList<String>();
    boolean code = false;
    for (var line : (markdown + "\n\n").split("\n", -1)) {
      var text = line.strip();
      boolean fence = text.startsWith("```");
      if (code) {
        if (fence) {
          blocks.add("<pre>" + escaped(pending.toString().stripTrailing()) + "</pre>");
          pending.setLength(0);
        } else {
          pending.append(line).append('\n');
        }
        code = !fence;
        continue;
      }
      boolean item = text.matches("([-*]|\\d+\\.) .*");
      if ((text.isEmpty() || fence || item) && !pending.isEmpty()) {
        if (items.isEmpty()) {
          blocks.add("<p>" + line(pending.toString()) + "</p>");
        } else {
          items.add(items.removeLast() + " " + pending);
        }
        pending.setLength(0);
      }
      if (item) {
        items.add(text.replaceFirst("^([-*]|\\d+\\.) ", ""));
      } else if (text.isEmpty() || fence) {
        flush(items, blocks);
      } else if (!items.isEmpty()) {
        items.add(items.removeLast() + " " + text);
      } else {
        pending.append(pending.isEmpty() ? "" : " ").append(text);
      }
      code = fence;
    }
    return blocks;
  }

  private static void flush(List<String> items, List<String> blocks) {
    if (items.isEmpty()) {
      return;
    }
    var list = new StringBuilder("<ul>");
    items.forEach(i -> list.append("<li>").append(line(i)).append("</li>"));
    blocks.add(list.append("</ul>").toString());
    items.clear();
  }
}
