package dev.clodo.assess;

import static dev.clodo.assess.Check.advice;
import static dev.clodo.assess.Check.error;

import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Containers beside a Worker: their image and the account's leave to run them. */
final class ContainerChecks {
  private ContainerChecks() {}

  static final List<Check> CHECKS =
      List.of(
          error(
              "containers/build-context",
              StopsAt.BUILD,
              "containers/",
              ContainerChecks::buildContext),
          error(
              "containers/plan-or-scope",
              StopsAt.UPLOAD,
              "containers/get-started/",
              ContainerChecks::planOrScope),
          advice(
              "containers/deprecated-instance-type",
              "containers/platform-details/limits/",
              ContainerChecks::oldType));

  /** {@code COPY a b /to}, without a stage, a pattern, an address or a variable. */
  private static final Pattern COPY =
      Pattern.compile("^(?i:COPY|ADD)\\s+((?:--\\S+\\s+)*)([^\\[].*)$");

  private static List<? extends Hit> buildContext(Case c) {
    var hits = new ArrayList<Hit>();
    for (var t : c.settings().tables("containers")) {
      var image = t.text("image").map(c::resolve);
      var text = image.flatMap(i -> Optional.ofNullable(c.around().texts().get(i)));
      var folder = image.map(Path::getParent);
      if (text.isEmpty() || folder.isEmpty()) {
        continue;
      }
      var context = t.text("image_build_context").map(c::resolve).orElse(folder.get());
      var lines = text.get().split("\n", -1);
      for (int i = 0; i < lines.length; i++) {
        for (var source : sources(lines[i].strip())) {
          var problem = problem(c, context, source);
          if (problem.isPresent()) {
            hits.add(
                new Hit.Fault(
                    source,
                    new Location(image.get(), i + 1, 1),
                    "The image copies \""
                        + source
                        + "\", "
                        + problem.get()
                        + ". docker build fails, and the deploy with it.",
                    new Remedy.Advice(
                        t.get("image_build_context").isPresent()
                            ? "Correct the path, or image_build_context."
                            : "Set image_build_context to the folder that the paths start from.")));
          }
        }
      }
    }
    return hits;
  }

  /** The files that a line copies from the build context; none where that is not certain. */
  static List<String> sources(String line) {
    var match = COPY.matcher(line);
    if (!match.matches() || match.group(1).contains("--from") || line.endsWith("\\")) {
      return List.of();
    }
    var words = match.group(2).strip().split("\\s+");
    var sources = new ArrayList<String>();
    for (int i = 0; i + 1 < words.length; i++) {
      if (words[i].matches("[A-Za-z0-9_@./-]+")) {
        sources.add(words[i]);
      }
    }
    return sources;
  }

  private static Optional<String> problem(Case c, Path context, String source) {
    try {
      var inside = source.startsWith("/") ? source.substring(1) : source;
      var path = context.resolve(inside).normalize();
      if (!path.startsWith(context)) {
        return Optional.of("which lies outside of its build context");
      }
      // Only what stands directly at a place that was looked into is certainly not there.
      return !c.exists(path) && c.exists(context) && isLookedInto(c, context, path)
          ? Optional.of("which is not in its build context")
          : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static boolean isLookedInto(Case c, Path context, Path path) {
    return context.equals(path.getParent())
        && c.around().existing().stream()
            .anyMatch(p -> context.equals(p.getParent()) && !p.endsWith("Dockerfile"));
  }

  private static List<? extends Hit> planOrScope(Case c) {
    if (c.settings().items("containers").isEmpty()) {
      return List.of();
    }
    return switch (c.account().resources(ResourceKind.CONTAINERS)) {
      case Looked.Known<List<Resource>> _ ->
          Plan.isFree(c.account())
              ? List.of(
                  new Hit.Fault(
                      "containers",
                      c.at("containers"),
                      "The account is on the free plan, which does not include Containers: the"
                          + " Worker goes live, then pushing its image is refused.",
                      new Remedy.Advice("Change to the paid plan, or remove the containers.")))
              : List.of();
      case Looked.Unknown<List<Resource>>(var why, var permission) ->
          List.of(new Hit.Unsure(why, permission));
    };
  }

  private static final Map<String, String> RENAMED =
      Map.of("dev", "lite", "standard", "standard-1");

  private static List<? extends Hit> oldType(Case c) {
    return c.settings().tables("containers").stream()
        .flatMap(t -> Case.word(t, "instance_type").stream())
        .filter(w -> RENAMED.containsKey(w.value()))
        .map(w ->
            new Hit.Fault(
                "instance_type",
                w.at(),
                "The instance type \""
                    + w.value()
                    + "\" is now called \""
                    + RENAMED.getOrDefault(w.value(), w.value())
                    + "\"; the old name will go.",
                c.edits().replace(w.at(), RENAMED.getOrDefault(w.value(), w.value())).certain()))
        .toList();
  }
}
