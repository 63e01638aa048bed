package dev.clodo.assess;

import dev.clodo.model.CheckId;
import dev.clodo.model.Explanation;
import dev.clodo.model.Stage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What each check is about. The texts lie in {@code explain/GROUP.md}, a section for each check of
 * the group, and are read when somebody asks:
 *
 * <pre>
 * ## kv/id-malformed
 *
 * What goes wrong.
 *
 * **Detected:** how it is seen, and what keeps the check quiet.
 *
 * **Mend:** what to do.
 * </pre>
 *
 * A check that is known and not made has {@code **Left out:** reason.} in place of the last two.
 */
public final class Explanations {
  private static final String HEADING = "## ";
  private static final String DETECTED = "**Detected:**";
  private static final String MEND = "**Mend:**";
  private static final String LEFT_OUT = "**Left out:**";

  /** The groups, in the order of their names. */
  static final List<String> GROUPS =
      List.of(
          "ai",
          "analytics-engine",
          "assets",
          "best-practice",
          "bindings",
          "browser",
          "cf",
          "ci",
          "clodo",
          "compatibility",
          "config",
          "containers",
          "credentials",
          "cron",
          "d1",
          "dispatch",
          "durable-objects",
          "email",
          "environments",
          "hyperdrive",
          "kv",
          "limits",
          "logpush",
          "mtls",
          "pages",
          "pipelines",
          "python",
          "queues",
          "r2",
          "ratelimits",
          "routes",
          "runtime-code",
          "secrets",
          "security",
          "services",
          "tail",
          "toolchain",
          "vectorize",
          "vpc",
          "workflows");

  /** Holds the place of a text that nobody has written yet. */
  private static final Section UNWRITTEN =
      new Section("", Optional.empty(), Optional.empty(), Optional.empty());

  private Explanations() {}

  /** Every check, by id. */
  public static List<Explanation> all() {
    return GROUPS.stream().flatMap(g -> ofGroup(g).stream()).toList();
  }

  /** The checks of one group, by id; none when there is no such group. */
  public static List<Explanation> ofGroup(String group) {
    var sections = sections(group);
    var explanations = new ArrayList<Explanation>();
    var checks =
        Catalogue.CHECKS.stream()
            .filter(c -> c.id().group().equals(group))
            .collect(Collectors.groupingBy(Check::id));
    checks
        .values()
        .forEach(c -> {
          var section = sections.getOrDefault(c.getFirst().id(), UNWRITTEN);
          explanations.add(checked(c, section));
        });
    sections.forEach((id, section) -> {
      if (!checks.containsKey(id)) {
        explanations.add(
            new Explanation.LeftOut(id, section.problem(), section.leftOut().orElse("")));
      }
    });
    explanations.sort(Comparator.comparing(e -> e.check().value()));
    return List.copyOf(explanations);
  }

  /** The explanation of one check; empty when there is no such check. */
  public static Optional<Explanation> of(CheckId id) {
    return ofGroup(id.group()).stream().filter(e -> e.check().equals(id)).findFirst();
  }

  /** A check that can be seen in several stages stands in the catalogue once for each. */
  private static Explanation checked(List<Check> same, Section section) {
    var check = same.getFirst();
    return new Explanation.Checked(
        check.id(),
        check.severity(),
        check.stopsAt(),
        same.stream().map(Explanations::stage).collect(Collectors.toSet()),
        check.docs(),
        section.problem(),
        section.detected().orElse(""),
        section.mend().orElse(""));
  }

  private static Stage stage(Check check) {
    return switch (check.detection()) {
      case Check.Detection.PerService _, Check.Detection.OnWorkspace _ -> Stage.STATIC;
      case Check.Detection.OfBuild _ -> Stage.BUILD;
      case Check.Detection.OfStart _ -> Stage.RUN;
    };
  }

  /** One section of a file, its parts in Markdown without their labels. */
  record Section(
      String problem, Optional<String> detected, Optional<String> mend, Optional<String> leftOut) {}

  /** The sections of a group's file, in its order; none when there is no file. */
  static Map<CheckId, Section> sections(String group) {
    return Resources.text("explain/" + group + ".md")
        .map(text -> sections(group, text))
        .orElse(Map.of());
  }

  /**
   * @throws IllegalArgumentException when the text is not in the form above
   */
  static Map<CheckId, Section> sections(String group, String text) {
    var sections = new LinkedHashMap<CheckId, Section>();
    // What stands before the first heading is for whoever edits the file.
    var parts = ("\n" + text.replace("\r\n", "\n")).split("\n" + HEADING);
    for (int i = 1; i < parts.length; i++) {
      int end = parts[i].indexOf('\n');
      var id = new CheckId((end < 0 ? parts[i] : parts[i].substring(0, end)).strip());
      if (!id.group().equals(group)) {
        throw new IllegalArgumentException(id + " does not belong into " + group + ".md");
      }
      if (sections.put(id, section(id, end < 0 ? "" : parts[i].substring(end))) != null) {
        throw new IllegalArgumentException(id + " is explained twice");
      }
    }
    return sections;
  }

  private static Section section(CheckId id, String text) {
    int detected = start(text, DETECTED);
    int mend = start(text, MEND);
    int leftOut = start(text, LEFT_OUT);
    if (leftOut >= 0) {
      require(detected < 0 && mend < 0, id, "is left out, so it has neither Detected nor Mend");
      return new Section(
          filled(id, text.substring(0, leftOut)),
          Optional.empty(),
          Optional.empty(),
          Optional.of(filled(id, text.substring(leftOut + LEFT_OUT.length()))));
    }
    require(detected >= 0 && mend > detected, id, "needs Detected and then Mend, or Left out");
    return new Section(
        filled(id, text.substring(0, detected)),
        Optional.of(filled(id, text.substring(detected + DETECTED.length(), mend))),
        Optional.of(filled(id, text.substring(mend + MEND.length()))),
        Optional.empty());
  }

  /** Where a label opens a paragraph; -1 when it does not. */
  private static int start(String text, String label) {
    int at = text.indexOf("\n" + label);
    return at < 0 ? -1 : at + 1;
  }

  private static String filled(CheckId id, String part) {
    var text = part.strip();
    require(!text.isEmpty(), id, "has an empty part");
    // Behind a label a sentence may go on in small letters; elsewhere it stands alone.
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  private static void require(boolean holds, CheckId id, String what) {
    if (!holds) {
      throw new IllegalArgumentException(id + " " + what);
    }
  }
}
