package dev.clodo.assess;

import dev.clodo.model.Service;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What can be told from the text of a service's source with certainty: that a word is nowhere in
 * it, or that its entry does not export a name. Everything else a build or a start tells.
 */
final class Sources {
  private Sources() {}

  /** A source file. */
  record Source(Path file, String text) {}

  static List<Source> of(Service service) {
    var all = new ArrayList<Source>();
    service
        .surroundings()
        .texts()
        .forEach((path, text) -> {
          if (CodeUse.isSource(path)) {
            all.add(new Source(path, text));
          }
        });
    return all;
  }

  /** The entry, where it is source that was read. */
  static Optional<Source> entry(Service service) {
    var folder = service.config().getParent();
    return service
        .settings()
        .text("main")
        .filter(_ -> folder != null)
        .map(main -> service.config().resolveSibling(main).normalize())
        .flatMap(path ->
            Optional.ofNullable(service.surroundings().texts().get(path))
                .map(text -> new Source(path, text)));
  }

  /**
   * Whether no file of a program that was read whole has this word, comments included. What makes
   * handlers for others has to be told their names, so the word would be there.
   */
  static boolean lacksWord(Case c, String... words) {
    return c.code().isDecisive()
        && !mentions(c.service(), words)
        && !takesDefaultFromElsewhere(c.service());
  }

  private static boolean mentions(Service service, String... words) {
    return of(service).stream()
        .anyMatch(s -> Stream.of(words).anyMatch(word -> hasWord(s.text(), word)));
  }

  private static boolean hasWord(String text, String word) {
    for (int at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
      int end = at + word.length();
      if ((at == 0 || !isWordPart(text.charAt(at - 1)))
          && (end == text.length() || !isWordPart(text.charAt(end)))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isWordPart(char c) {
    return c == '_' || (c < 128 && Character.isLetterOrDigit(c));
  }

  /** As {@link #lacksWord} for another service of the workspace. */
  static boolean certainlyDoesNotMention(Service service, String... words) {
    return !mentions(service, words)
        && !takesDefaultFromElsewhere(service)
        && CodeUse.of(service).isDecisive();
  }

  private static final Pattern PASSES_ON = Pattern.compile("export\\s*\\*|\\bexports\\b");

  private static final Pattern RE_EXPORTS_DEFAULT =
      Pattern.compile(
          "export\\s*\\{[^}]*\\bdefault\\b[^}]*}\\s*from\\s*[\"'](?![./])|export\\s*\\*");

  /** The default export may come from a package, whose text was not read. */
  private static boolean takesDefaultFromElsewhere(Service service) {
    return entry(service).map(s -> RE_EXPORTS_DEFAULT.matcher(s.text()).find()).orElse(true);
  }

  /**
   * Whether the entry certainly exports nothing of this name: it is source in modules, does not
   * pass on everything of another module, and the name does not stand in it.
   */
  static boolean certainlyDoesNotExport(Service service, String name) {
    return entry(service)
        .filter(s -> !hasWord(s.text(), name) && hasWord(s.text(), "export"))
        .filter(s -> !PASSES_ON.matcher(s.text()).find())
        .filter(_ -> CodeUse.of(service).isDecisive())
        .isPresent();
  }

  /** Whether the entry has a method that looks like a handler of this event. */
  static boolean seemsToHandle(Service service, String event, String firstParameter) {
    return entry(service)
        .filter(s -> hasWord(s.text(), event))
        .filter(s ->
            Pattern.compile(
                    "(?m)(?:^|[{,])\\s*(?:async\\s+)?"
                        + event
                        + "\\s*(?::\\s*(?:async\\s*)?(?:function\\s*)?)?\\(\\s*_?"
                        + firstParameter
                        + "\\b")
                .matcher(s.text())
                .find())
        .isPresent();
  }
}
