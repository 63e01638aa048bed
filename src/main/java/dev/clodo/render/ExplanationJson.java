package dev.clodo.render;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.model.Explanation;
import java.util.List;
import java.util.Locale;

/** What checks are about as JSON, in the shape {@code clodo.checks/1} of docs/json.md. */
public final class ExplanationJson {
  private ExplanationJson() {}

  /** The checks as a JSON object. */
  public static ObjectNode of(List<Explanation> explanations) {
    var json = JsonNodeFactory.instance.objectNode().put("schema", "clodo.checks/1");
    var checks = json.putArray("checks");
    explanations.forEach(e -> checks.add(one(e)));
    return json;
  }

  private static ObjectNode one(Explanation explanation) {
    var json =
        JsonNodeFactory.instance
            .objectNode()
            .put("check", explanation.check().value())
            .put("problem", explanation.problem());
    return switch (explanation) {
      case Explanation.Checked c -> {
        json.put("checked", true)
            .put("severity", word(c.severity()))
            .put("stopsAt", word(c.stopsAt()));
        var stages = json.putArray("stages");
        c.stages().forEach(s -> stages.add(word(s)));
        yield json.put("detected", c.detected()).put("mend", c.mend()).put("docs", c.docs());
      }
      case Explanation.LeftOut l -> json.put("checked", false).put("reason", l.reason());
    };
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
