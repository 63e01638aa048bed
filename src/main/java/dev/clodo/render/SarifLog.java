package dev.clodo.render;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.model.Assessment;
import dev.clodo.model.CheckId;
import dev.clodo.model.Explanation;
import dev.clodo.model.Finding;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy;
import dev.clodo.model.Suppressed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Assessments as a SARIF 2.1.0 log, one run each: what code scanning services and editors read. A
 * finding that could not be told is a notification and no result, since nothing is known to be
 * wrong.
 */
public final class SarifLog {
  private static final String SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

  /** What relative addresses are relative to; consumers know it under this name. */
  private static final String ROOT = "%SRCROOT%";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Path base;
  private final String version;
  private final Map<CheckId, Explanation> explanations;

  private SarifLog(Collection<Explanation> explanations, Path base, String version) {
    this.base = base;
    this.version = version;
    this.explanations =
        explanations.stream().collect(Collectors.toMap(Explanation::check, Function.identity()));
  }

  /**
   * The log as a JSON object.
   *
   * @param explanations of the checks that the findings name
   * @param base the root of the repository: all addresses are relative to it
   * @param version of Clodo
   */
  public static ObjectNode of(
      List<Assessment> assessments,
      Collection<Explanation> explanations,
      Path base,
      String version) {
    var log = new SarifLog(explanations, base, version);
    var json = JSON.objectNode().put("$schema", SCHEMA).put("version", "2.1.0");
    var runs = json.putArray("runs");
    assessments.forEach(a -> runs.add(log.run(a)));
    return json;
  }

  private ObjectNode run(Assessment assessment) {
    var run = JSON.objectNode();
    var driver = run.putObject("tool").putObject("driver");
    driver.put("name", "Clodo").put("semanticVersion", version);
    var rules = driver.putArray("rules");
    var indices = new HashMap<CheckId, Integer>();
    run.putObject("automationDetails").put("id", "clodo/" + environments(assessment) + "/");
    run.putObject("originalUriBaseIds")
        .putObject(ROOT)
        .putObject("description")
        .put("text", "The root of the repository.");
    run.put("columnKind", "utf16CodeUnits");
    var invocation = run.putArray("invocations").addObject().put("executionSuccessful", true);
    var notifications = invocation.putArray("toolExecutionNotifications");
    var results = run.putArray("results");
    for (var finding : assessment.findings()) {
      int index = index(finding, indices, rules);
      switch (finding.verdict()) {
        case FAIL -> results.add(result(assessment, finding, index));
        case UNKNOWN -> notifications.add(notification(finding, index));
      }
    }
    for (var suppressed : assessment.suppressed()) {
      var finding = suppressed.finding();
      var result = result(assessment, finding, index(finding, indices, rules));
      result.putArray("suppressions").add(suppression(suppressed));
      results.add(result);
    }
    return run;
  }

  /** Where the rule of a finding stands; it is added when it is new. */
  private int index(Finding finding, Map<CheckId, Integer> indices, ArrayNode rules) {
    int index = indices.computeIfAbsent(finding.check(), _ -> indices.size());
    if (index == rules.size()) {
      rules.add(rule(finding));
    }
    return index;
  }

  /** A comment stands in the source; a list is elsewhere. */
  private ObjectNode suppression(Suppressed suppressed) {
    boolean beside = suppressed.by().file().equals(suppressed.finding().where().file());
    var json = JSON.objectNode().put("kind", beside ? "inSource" : "external");
    if (!suppressed.reason().isEmpty()) {
      json.put("justification", suppressed.reason());
    }
    var place = json.putObject("location").putObject("physicalLocation");
    place.set("artifactLocation", artifact(suppressed.by().file()));
    place.putObject("region").put("startLine", suppressed.by().line());
    return json;
  }

  private static String environments(Assessment assessment) {
    var names =
        assessment.inventory().services().stream()
            .map(s -> s.environment().value())
            .filter(n -> !n.isEmpty())
            .distinct()
            .sorted()
            .toList();
    return names.isEmpty() ? "default" : String.join("+", names);
  }

  private ObjectNode rule(Finding finding) {
    var rule = JSON.objectNode().put("id", finding.check().value());
    var explanation = explanations.get(finding.check());
    var problem = explanation == null ? "" : explanation.problem();
    if (problem.isEmpty()) {
      problem = finding.check().value();
    }
    var sentence = Prose.firstSentence(problem);
    rule.putObject("shortDescription").put("text", Prose.plain(sentence));
    rule.putObject("fullDescription").put("text", Prose.plain(problem)).put("markdown", problem);
    rule.put("helpUri", finding.docs());
    var help = help(problem, explanation);
    rule.putObject("help").put("text", Prose.plain(help)).put("markdown", help);
    rule.putObject("defaultConfiguration").put("level", level(finding.severity()));
    var properties = rule.putObject("properties");
    properties.putArray("tags").add("cloudflare-workers").add(finding.check().group());
    properties.put("precision", "high").put("problem.severity", weight(finding.severity()));
    return rule;
  }

  private static String help(String problem, @Nullable Explanation e) {
    return e instanceof Explanation.Checked c && !c.mend().isEmpty()
        ? problem + "\n\n**Detected:** " + c.detected() + "\n\n**Mend:** " + c.mend()
        : problem;
  }

  private ObjectNode result(Assessment assessment, Finding finding, int index) {
    var result =
        JSON.objectNode()
            .put("ruleId", finding.check().value())
            .put("ruleIndex", index)
            .put("level", level(finding.severity()));
    result.set("message", message(finding.message() + "\nFix: " + Prose.remedy(finding, base)));
    var location = result.putArray("locations").addObject();
    location.set("physicalLocation", place(assessment, finding));
    finding
        .service()
        .ifPresent(s ->
            location
                .putArray("logicalLocations")
                .addObject()
                .put("name", s.value())
                .put("kind", "service"));
    result.putObject("partialFingerprints").put("clodoFinding/v1", fingerprint(finding));
    if (finding.remedy() instanceof Remedy.Edit edit) {
      result.putArray("fixes").add(fix(edit));
    }
    var properties = result.putObject("properties");
    properties.put("severity", word(finding.severity())).put("stopsAt", word(finding.stopsAt()));
    finding.service().ifPresent(s -> properties.put("service", s.value()));
    finding.environment().ifPresent(e -> properties.put("environment", e.value()));
    return result;
  }

  /** Code scanning refuses a result without a file: one about no file points at a configuration. */
  private ObjectNode place(Assessment assessment, Finding finding) {
    var root = assessment.inventory().root();
    var where = finding.where();
    if (!Places.isFile(root, where)) {
      where =
          assessment.inventory().services().stream()
              .findFirst()
              .map(s -> Location.startOf(s.config()))
              .orElse(where);
    }
    var place = JSON.objectNode();
    place.set("artifactLocation", artifact(where.file()));
    place.putObject("region").put("startLine", where.line()).put("startColumn", where.column());
    return place;
  }

  private ObjectNode artifact(Path file) {
    var artifact = JSON.objectNode().put("uri", Places.uri(base, file));
    if (file.startsWith(base)) {
      artifact.put("uriBaseId", ROOT);
    }
    return artifact;
  }

  private ObjectNode fix(Remedy.Edit edit) {
    var fix = JSON.objectNode();
    fix.set("description", message(edit.instead().isEmpty() ? "Insert it." : "Replace it."));
    var change = fix.putArray("artifactChanges").addObject();
    change.set("artifactLocation", artifact(edit.at().file()));
    var lines = edit.instead().split("\n", -1);
    int last = lines[lines.length - 1].length();
    var replacement = change.putArray("replacements").addObject();
    replacement
        .putObject("deletedRegion")
        .put("startLine", edit.at().line())
        .put("startColumn", edit.at().column())
        .put("endLine", edit.at().line() + lines.length - 1)
        .put("endColumn", lines.length == 1 ? edit.at().column() + last : last + 1);
    replacement.putObject("insertedContent").put("text", edit.text());
    return fix;
  }

  private static ObjectNode notification(Finding finding, int index) {
    var notification = JSON.objectNode().put("level", "note");
    notification.set("message", message(finding.message()));
    notification.putObject("associatedRule").put("id", finding.check().value()).put("index", index);
    return notification;
  }

  /** Two words in brackets before one in parentheses would be read as a link. */
  private static ObjectNode message(String text) {
    return JSON.objectNode().put("text", text.replace("](", "] ("));
  }

  /** The same finding has the same one after lines have moved. */
  private static String fingerprint(Finding finding) {
    var parts =
        List.of(
            finding.check().value(),
            finding.service().map(Object::toString).orElse(""),
            finding.environment().map(e -> e.value()).orElse(""),
            finding.subject());
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      var bytes = digest.digest(String.join("\n", parts).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(bytes, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String level(Severity severity) {
    return switch (severity) {
      case ERROR, ERROR_PROD -> "error";
      case WARNING -> "warning";
      case ADVICE -> "note";
    };
  }

  private static String weight(Severity severity) {
    return switch (severity) {
      case ERROR, ERROR_PROD -> "error";
      case WARNING -> "warning";
      case ADVICE -> "recommendation";
    };
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
