package dev.clodo.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.Checks;
import dev.clodo.model.Explanation;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * docs/checks.md and a page for each check, made from the catalogue and its explanations. {@code
 * -Dgolden.update=true} writes them.
 */
class ChecksPagesTest {
  private static final Path DOCS = Path.of("docs");
  private static final Path INDEX = DOCS.resolve("checks.md");
  private static final Path FOLDER = DOCS.resolve("checks");

  @Test
  void arePagesOfTheCatalogueAsItIs() throws IOException {
    var pages = pages();
    if (Boolean.getBoolean("golden.update")) {
      write(pages);
    }
    assertThat(written().keySet())
        .as("run with -Dgolden.update=true to write them")
        .containsExactlyInAnyOrderElementsOf(pages.keySet());
    written()
        .forEach((path, text) ->
            assertThat(text)
                .as("%s: run with -Dgolden.update=true to write it anew", path)
                .isEqualTo(pages.get(path)));
  }

  private static void write(Map<Path, String> pages) throws IOException {
    for (var old : written().keySet()) {
      Files.delete(old);
    }
    for (var page : pages.entrySet()) {
      Files.createDirectories(page.getKey().getParent());
      Files.writeString(page.getKey(), page.getValue());
    }
  }

  private static Map<Path, String> written() throws IOException {
    var files = new TreeMap<Path, String>();
    if (Files.exists(INDEX)) {
      files.put(INDEX, Files.readString(INDEX));
    }
    if (Files.isDirectory(FOLDER)) {
      try (Stream<Path> found = Files.walk(FOLDER)) {
        for (var file : found.filter(Files::isRegularFile).toList()) {
          files.put(file, Files.readString(file));
        }
      }
    }
    return files;
  }

  static Map<Path, String> pages() {
    var all = Checks.all();
    var pages = new TreeMap<Path, String>();
    pages.put(INDEX, index(all));
    all.forEach(e -> pages.put(FOLDER.resolve(e.check() + ".md"), page(e)));
    return pages;
  }

  // -- the index ----------------------------------------------------------------------------------

  private static String index(List<Explanation> all) {
    var checked =
        all.stream()
            .filter(e -> e instanceof Explanation.Checked)
            .map(e -> (Explanation.Checked) e)
            .toList();
    var leftOut =
        all.stream()
            .filter(e -> e instanceof Explanation.LeftOut)
            .map(e -> (Explanation.LeftOut) e)
            .toList();
    var text = new StringBuilder();
    text.append(
        """
        # Checks

        What `clodo assess` looks for: %d checks in %d groups; %d more causes are known and left out, each [with the
        reason](#left-out). `clodo explain ID` says the same in a terminal. Made from the catalogue by `ChecksPagesTest`.

        - **Weight**: `error`: the deploy fails. `error-prod`: it succeeds, and production is broken. `warning`: probably
          wrong. `advice`: an improvement.
        - **Stopped by**: who would notice without Clodo.
        - **Seen in**: the files (and the account, where files can't tell and it may be asked), a build (`--build`), a start
          (`--run`).

        """
            .formatted(
                checked.size(),
                checked.stream().map(Explanation::group).distinct().count(),
                leftOut.size()));
    for (var group : checked.stream().map(Explanation::group).distinct().toList()) {
      text.append("## ").append(group).append("\n\n");
      text.append(
          "| check | weight | stopped by | seen in | what goes wrong |\n|---|---|---|---|---|\n");
      checked.stream()
          .filter(c -> c.group().equals(group))
          .forEach(c ->
              text.append("| [")
                  .append(c.check())
                  .append("](checks/")
                  .append(c.check())
                  .append(".md) | ")
                  .append(word(c.severity()))
                  .append(" | ")
                  .append(stopper(c.stopsAt()))
                  .append(" | ")
                  .append(seen(c))
                  .append(" | ")
                  .append(cell(firstSentence(c.problem())))
                  .append(" |\n"));
      text.append('\n');
    }
    text.append("## Left out\n\n| check | why Clodo does not look for it |\n|---|---|\n");
    leftOut.forEach(l ->
        text.append("| [")
            .append(l.check())
            .append("](checks/")
            .append(l.check())
            .append(".md) | ")
            .append(cell(l.reason()))
            .append(" |\n"));
    return text.toString();
  }

  private static String cell(String markdown) {
    return markdown.strip().replaceAll("\\s+", " ").replace("|", "\\|");
  }

  private static String firstSentence(String text) {
    var paragraph = text.strip().split("\n\\s*\n")[0].replaceAll("\\s+", " ");
    var parts = paragraph.split("(?<=[.!?])\\s+(?=[A-Z`])");
    // A full stop inside of code ends no sentence.
    var sentence = new StringBuilder();
    for (var part : parts) {
      sentence.append(sentence.isEmpty() ? "" : " ").append(part);
      if (sentence.chars().filter(c -> c == '`').count() % 2 == 0) {
        break;
      }
    }
    return sentence.toString();
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String stopper(StopsAt stopsAt) {
    return switch (stopsAt) {
      case CLODO -> "Clodo";
      case CONFIG -> "wrangler (configuration)";
      case BUILD -> "wrangler (build)";
      case UPLOAD -> "Cloudflare";
      case PRODUCTION, NONE -> "nobody";
    };
  }

  private static String seen(Explanation.Checked check) {
    return check.stages().stream().map(ChecksPagesTest::stage).collect(Collectors.joining(", "));
  }

  private static String stage(Stage stage) {
    return switch (stage) {
      case STATIC, ONLINE -> "files";
      case BUILD -> "build";
      case RUN -> "start";
    };
  }

  // -- a page -------------------------------------------------------------------------------------

  private static String page(Explanation explanation) {
    var text = new StringBuilder("# ").append(explanation.check()).append("\n\n");
    switch (explanation) {
      case Explanation.Checked c -> {
        text.append(weight(c.severity())).append(' ').append(stopped(c)).append("\n\n");
        text.append(c.problem()).append("\n\n");
        text.append("## How Clodo sees it\n\n").append(c.detected()).append("\n\n");
        text.append("Seen in: ").append(seen(c)).append(".\n\n");
        text.append("## How to mend it\n\n").append(c.mend()).append("\n\n");
        text.append("Background: <").append(c.docs()).append(">\n\n");
      }
      case Explanation.LeftOut l -> {
        text.append(l.problem()).append("\n\n");
        text.append("## Clodo does not look for it\n\n").append(l.reason()).append("\n\n");
      }
    }
    return text.append("[All checks](../../checks.md)\n").toString();
  }

  private static String weight(Severity severity) {
    return switch (severity) {
      case ERROR -> "**Error**: the deploy fails.";
      case ERROR_PROD ->
          "**Error in production**: the deploy succeeds, and what it made is broken.";
      case WARNING -> "**Warning**: probably wrong.";
      case ADVICE -> "**Advice**: an improvement.";
    };
  }

  private static String stopped(Explanation.Checked check) {
    return switch (check.stopsAt()) {
      case CLODO -> "Clodo itself refuses to plan.";
      case CONFIG -> "wrangler refuses the configuration.";
      case BUILD -> "wrangler stops before it sends anything.";
      case UPLOAD -> "Cloudflare refuses it.";
      case PRODUCTION, NONE -> "Nobody else stops it.";
    };
  }

  @Test
  void leadSomewhere() {
    var pages = pages();
    var known = new HashSet<>(pages.keySet());
    pages.forEach((path, text) -> {
      for (var part : text.split("\\]\\(")) {
        var target = part.substring(0, Math.max(0, part.indexOf(')')));
        if (!part.equals(text) && target.endsWith(".md")) {
          var file = path.resolveSibling(target).normalize();
          assertThat(known.contains(file) || Files.exists(file))
              .as("%s in %s", target, path)
              .isTrue();
        }
      }
    });
  }
}
