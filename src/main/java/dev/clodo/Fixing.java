package dev.clodo;

import dev.clodo.mend.Mending;
import dev.clodo.model.Assessment;
import dev.clodo.model.CheckId;
import dev.clodo.model.Finding;
import dev.clodo.model.Finding.Verdict;
import dev.clodo.model.Inventory;
import dev.clodo.model.Remedy;
import dev.clodo.model.Remedy.Edit.Confidence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Finds the edits that mend a workspace, in memory: each is made, the workspace is assessed as it
 * would be then, and what does not help is left out.
 */
final class Fixing {
  /** More than any workspace needs: every round makes edits, or gives one up. */
  private static final int MOST_ROUNDS = 200;

  private final Fixed.Choice choice;
  private final Function<Map<Path, String>, Assessment> assess;
  private final Map<Path, String> changed = new LinkedHashMap<>();
  private final Map<Path, String> original = new HashMap<>();
  private final Map<Wish, Boolean> decided = new HashMap<>();
  private final Set<Finding> made = new LinkedHashSet<>();
  private final Map<Wish, Finding> open = new LinkedHashMap<>();
  private final Map<Wish, Fixed.Refused> refused = new LinkedHashMap<>();

  /** The same edit wherever it has moved to. */
  private record Wish(CheckId check, Path file, String subject, String instead, String text) {}

  /**
   * @param assess the workspace as it is when some files have other texts
   */
  Fixing(Fixed.Choice choice, Function<Map<Path, String>, Assessment> assess) {
    this.choice = choice;
    this.assess = assess;
  }

  Fixed run(Assessment before) {
    var now = before;
    boolean single = false;
    for (int round = 0; round < MOST_ROUNDS; round++) {
      var wanted = wanted(now);
      if (wanted.isEmpty()) {
        break;
      }
      var chosen = single ? wanted.subList(0, 1) : wanted;
      var next = attempt(now, chosen);
      if (next.isPresent()) {
        now = next.get();
      } else if (chosen.size() == 1) {
        refuse(chosen.getFirst(), "the check would still find it, or something else would break");
      } else {
        single = true;
      }
    }
    var patches =
        changed.entrySet().stream()
            .map(e -> new Fixed.Patch(e.getKey(), originalOf(e.getKey()), e.getValue()))
            .filter(p -> !p.before().equals(p.after()))
            .toList();
    return new Fixed(
        before,
        now,
        patches,
        List.copyOf(made),
        List.copyOf(open.values()),
        List.copyOf(refused.values()));
  }

  private String originalOf(Path file) {
    return original.getOrDefault(file, "");
  }

  /** The findings whose edit is to be made now. */
  private List<Finding> wanted(Assessment now) {
    var wanted = new ArrayList<Finding>();
    for (var finding : now.findings()) {
      if (finding.verdict() == Verdict.FAIL
          && finding.remedy() instanceof Remedy.Edit edit
          && !refused.containsKey(wish(finding, edit))
          && isWanted(finding, edit)) {
        wanted.add(finding);
      }
    }
    return wanted;
  }

  private boolean isWanted(Finding finding, Remedy.Edit edit) {
    var wish = wish(finding, edit);
    boolean wanted =
        decided.computeIfAbsent(
            wish, _ -> edit.confidence() == Confidence.CERTAIN || choice.make(finding));
    if (!wanted) {
      open.putIfAbsent(wish, finding);
    }
    return wanted;
  }

  private static Wish wish(Finding finding, Remedy.Edit edit) {
    return new Wish(
        finding.check(), edit.at().file(), finding.subject(), edit.instead(), edit.text());
  }

  /** The workspace with these edits made; empty when they do not do what they should. */
  private Optional<Assessment> attempt(Assessment now, List<Finding> chosen) {
    var byFile =
        chosen.stream()
            .collect(
                Collectors.groupingBy(
                    f -> editOf(f).at().file(), LinkedHashMap::new, Collectors.toList()));
    var texts = new LinkedHashMap<>(changed);
    var done = new ArrayList<Finding>();
    for (var entry : byFile.entrySet()) {
      var file = entry.getKey();
      var text = text(now.inventory(), file);
      if (text.isEmpty() || !within(now.inventory(), file)) {
        entry.getValue().forEach(f -> refuse(f, "it lies outside the workspace"));
        continue;
      }
      original.putIfAbsent(file, text.get());
      var edits = entry.getValue().stream().map(Fixing::editOf).toList();
      var mending = Mending.of(file, text.get(), edits);
      texts.put(file, mending.text());
      entry.getValue().stream().filter(f -> mending.made().contains(editOf(f))).forEach(done::add);
    }
    if (done.isEmpty()) {
      return Optional.empty();
    }
    var then = assess.apply(texts);
    if (!helps(now, then, done)) {
      return Optional.empty();
    }
    changed.putAll(texts);
    made.addAll(done);
    return Optional.of(then);
  }

  private static Remedy.Edit editOf(Finding finding) {
    return (Remedy.Edit) finding.remedy();
  }

  private void refuse(Finding finding, String why) {
    refused.put(wish(finding, editOf(finding)), new Fixed.Refused(finding, why));
  }

  private Optional<String> text(Inventory inventory, Path file) {
    return Optional.ofNullable(changed.get(file))
        .or(() ->
            inventory.services().stream()
                .flatMap(s -> Optional.ofNullable(s.surroundings().texts().get(file)).stream())
                .findFirst());
  }

  /** Below the folder that is assessed; links are looked at when the file is written. */
  private static boolean within(Inventory inventory, Path file) {
    return file.normalize().startsWith(inventory.folder());
  }

  /** Each check finds less than before, every file can be read, and nothing new stops a deploy. */
  static boolean helps(Assessment now, Assessment then, List<Finding> done) {
    return then.inventory().unreadable().size() <= now.inventory().unreadable().size()
        && done.stream()
            .map(Finding::check)
            .distinct()
            .allMatch(c -> failures(then, c) < failures(now, c))
        && blocking(now).containsAll(blocking(then));
  }

  private static long failures(Assessment assessment, CheckId check) {
    return assessment.findings().stream()
        .filter(f -> f.verdict() == Verdict.FAIL && f.check().equals(check))
        .count();
  }

  private static Set<CheckId> blocking(Assessment assessment) {
    return assessment.findings().stream()
        .filter(Finding::blocks)
        .map(Finding::check)
        .collect(Collectors.toSet());
  }
}
