package dev.clodo.assess;

import dev.clodo.model.Finding;
import dev.clodo.model.Inventory;
import dev.clodo.model.Location;
import dev.clodo.model.Remark;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Suppressed;
import dev.clodo.model.Workspace.Ignored;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Which findings nobody wants to see: those with a comment {@code clodo-ignore GROUP/NAME} on their
 * line, or alone on the line above it, and those that {@code clodo.yaml} lists.
 */
final class Suppressions {
  private static final String WORD = "clodo-ignore";

  /** A comment of TOML, YAML, JSON or JavaScript, with one or more ids. */
  private static final Pattern COMMENT =
      Pattern.compile(
          "(?:#|//|/\\*)[^\\r\\n]*?\\b"
              + WORD
              + "\\b[ \\t:]+([\\w-]+/[\\w-]+(?:[ \\t]*,[ \\t]*[\\w-]+/[\\w-]+)*)[ \\t]*([^\\r\\n]*)");

  private final Inventory inventory;

  /** Of files in which the word stands at all, the comments by line. */
  private final Map<Path, Map<Integer, Comment>> comments = new HashMap<>();

  /**
   * @param alone whether nothing else stands on its line
   */
  private record Comment(List<String> checks, String reason, Location at, boolean alone) {}

  Suppressions(Inventory inventory) {
    this.inventory = inventory;
    var seen = new HashSet<Path>();
    for (var service : inventory.services()) {
      service
          .surroundings()
          .texts()
          .forEach((file, text) -> {
            if (text.contains(WORD) && seen.add(file)) {
              comments.put(file, read(file, text));
            }
          });
    }
  }

  private static Map<Integer, Comment> read(Path file, String text) {
    var found = new HashMap<Integer, Comment>();
    int number = 0;
    for (var line : text.lines().toList()) {
      number++;
      var matcher = COMMENT.matcher(line);
      if (line.contains(WORD) && matcher.find()) {
        var reason = matcher.group(2).replaceFirst("\\*/.*$", "").replaceFirst("^[-–:]+", "");
        found.put(
            number,
            new Comment(
                List.of(matcher.group(1).split("[ \\t]*,[ \\t]*")),
                reason.strip(),
                new Location(file, number, matcher.start(1) + 1),
                line.substring(0, matcher.start()).isBlank()));
      }
    }
    return found;
  }

  boolean none() {
    return comments.isEmpty() && inventory.workspace().ignored().isEmpty();
  }

  /** Where it is said that a finding is not wanted; empty when it is wanted. */
  Optional<Suppressed> of(Finding finding) {
    var line = finding.where().line();
    var inFile = comments.getOrDefault(finding.where().file(), Map.of());
    return Optional.ofNullable(inFile.get(line))
        .or(() -> Optional.ofNullable(inFile.get(line - 1)).filter(Comment::alone))
        .filter(c -> c.checks().contains(finding.check().value()))
        .map(c -> new Suppressed(finding, c.at(), c.reason()))
        .or(() ->
            inventory.workspace().ignored().stream()
                .filter(i -> matches(i, finding))
                .findFirst()
                .map(i -> new Suppressed(finding, i.at(), i.reason())));
  }

  private static boolean matches(Ignored ignored, Finding finding) {
    return ignored.check().equals(finding.check().value())
        && (ignored.services().isEmpty()
            || finding.service().filter(ignored.services()::contains).isPresent())
        && (ignored.environments().isEmpty()
            || finding.environment().filter(ignored.environments()::contains).isPresent());
  }

  /** Names that mean nothing. */
  List<Remark> remarks(Supplier<Set<String>> checks) {
    if (none()) {
      return List.of();
    }
    var known = checks.get();
    var remarks = new ArrayList<Remark>();
    comments.values().stream()
        .flatMap(c -> c.values().stream())
        .forEach(c ->
            c.checks().stream()
                .filter(id -> !known.contains(id))
                .forEach(id -> remarks.add(new Remark(c.at(), unknown(id, known)))));
    var services =
        inventory.services().stream().map(Service::name).map(ServiceName::value).toList();
    for (var ignored : inventory.workspace().ignored()) {
      if (!known.contains(ignored.check())) {
        remarks.add(new Remark(ignored.at(), unknown(ignored.check(), known)));
      }
      ignored.services().stream()
          .map(ServiceName::value)
          .filter(s -> !services.contains(s))
          .forEach(s ->
              remarks.add(
                  new Remark(
                      ignored.at(),
                      "There is no service \"" + s + "\"" + Similar.question(s, services))));
    }
    remarks.sort(
        Comparator.comparing((Remark r) -> r.at().file())
            .thenComparingInt(r -> r.at().line())
            .thenComparingInt(r -> r.at().column()));
    return remarks;
  }

  private static String unknown(String id, Set<String> known) {
    return "There is no check \"" + id + "\"" + Similar.question(id, known);
  }
}
