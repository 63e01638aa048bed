package dev.clodo.render;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.model.Assessment;
import dev.clodo.model.Finding;
import dev.clodo.model.Remedy;
import dev.clodo.model.Service;
import java.nio.file.Path;
import java.util.Locale;

/** An assessment as JSON, in the shape {@code clodo.assessment/1} of docs/assessment-json.md. */
public final class AssessmentJson {
  /** The name of the shape; a field may be added to it, none is taken away or changed. */
  public static final String SCHEMA = "clodo.assessment/1";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private AssessmentJson() {}

  /** The assessment as a JSON object; paths are relative to the workspace. */
  public static ObjectNode of(Assessment a) {
    var root = a.inventory().root();
    var json = JSON.objectNode();
    json.put("schema", SCHEMA);
    json.put("ready", a.ready());
    json.set("summary", summary(a));
    var stages = json.putArray("stages");
    a.stages().forEach(s -> stages.add(word(s)));
    var services = json.putArray("services");
    a.inventory().services().forEach(s -> services.add(service(s, root)));
    var findings = json.putArray("findings");
    a.findings().forEach(f -> findings.add(finding(f, root)));
    var unreadable = json.putArray("unreadable");
    a.inventory()
        .unreadable()
        .forEach(u ->
            unreadable
                .addObject()
                .put("file", Places.relative(root, u.at().file()))
                .put("reason", word(u.reason())));
    var suppressed = json.putArray("suppressed");
    a.suppressed()
        .forEach(s ->
            suppressed
                .addObject()
                .put("file", Places.relative(root, s.by().file()))
                .put("line", s.by().line())
                .put("reason", s.reason())
                .set("finding", finding(s.finding(), root)));
    var remarks = json.putArray("remarks");
    a.remarks()
        .forEach(r ->
            remarks
                .addObject()
                .put("file", Places.relative(root, r.at().file()))
                .put("line", r.at().line())
                .put("column", r.at().column())
                .put("message", r.message()));
    return json;
  }

  /** The whole document, indented, with a line end. */
  public static String render(Assessment assessment) {
    return of(assessment).toPrettyString() + "\n";
  }

  private static ObjectNode summary(Assessment a) {
    var counts = Counts.of(a);
    return JSON.objectNode()
        .put("score", Score.of(a))
        .put("services", a.inventory().services().size())
        .put("errors", counts.errors())
        .put("warnings", counts.warnings())
        .put("advice", counts.advice())
        .put("unknown", counts.unknown())
        .put("suppressed", a.suppressed().size())
        .put("checksRun", a.checksRun())
        .put("checksUnknown", a.checksUnknown())
        .put("account", word(a.account().access()));
  }

  private static ObjectNode service(Service service, Path root) {
    return JSON.objectNode()
        .put("name", service.name().value())
        .put("kind", word(service.kind()))
        .put("path", Places.relative(root, service.home()))
        .put("config", Places.relative(root, service.config()))
        .put("environment", service.environment().value());
  }

  private static ObjectNode finding(Finding f, Path root) {
    var json =
        JSON.objectNode()
            .put("check", f.check().value())
            .put("severity", word(f.severity()))
            .put("verdict", word(f.verdict()))
            .put("stopsAt", word(f.stopsAt()));
    f.service().ifPresentOrElse(s -> json.put("service", s.value()), () -> json.putNull("service"));
    f.environment()
        .ifPresentOrElse(
            e -> json.put("environment", e.value()), () -> json.putNull("environment"));
    if (Places.isFile(root, f.where())) {
      json.put("file", Places.relative(root, f.where().file()))
          .put("line", f.where().line())
          .put("column", f.where().column());
    } else {
      json.putNull("file").putNull("line").putNull("column");
    }
    if (f.subject().isEmpty()) {
      json.putNull("subject");
    } else {
      json.put("subject", f.subject());
    }
    json.put("message", f.message());
    json.set("remedy", remedy(f.remedy(), root));
    return json.put("docs", f.docs());
  }

  private static ObjectNode remedy(Remedy remedy, Path root) {
    var json = JSON.objectNode();
    return switch (remedy) {
      case Remedy.Command(var line, var in) ->
          json.put("kind", "command").put("command", line).put("in", Places.relative(root, in));
      case Remedy.Edit(var at, var instead, var text, var confidence) ->
          json.put("kind", "edit")
              .put("file", Places.relative(root, at.file()))
              .put("line", at.line())
              .put("column", at.column())
              .put("instead", instead)
              .put("text", text)
              .put("confidence", word(confidence));
      case Remedy.Advice(var text) -> json.put("kind", "advice").put("text", text);
    };
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
