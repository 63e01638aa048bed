package dev.clodo.render;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.Service;
import java.util.Set;

/**
 * The configuration of a domain's copy as wrangler reads it: one environment, no inheritance, paths
 * relative to its own place. It holds names and ids, and no value of a secret.
 */
public final class DerivedConfig {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** What editors and build tools write for themselves, and what is resolved by now. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "$schema",
          "env",
          "topLevelName",
          "definedEnvironments",
          "targetEnvironment",
          "configPath",
          "userConfigPath");

  private DerivedConfig() {}

  /** The file's text: JSON with a comment that says where it comes from. */
  public static String text(Service copy) {
    var root = JSON.objectNode();
    copy.settings()
        .entries()
        .forEach((key, entry) -> {
          if (!LEFT_OUT.contains(key)) {
            root.set(key, node(entry.value()));
          }
        });
    return """
    // %s for %s, derived by Clodo from the service's own configuration and what is said of its domains.
    // Written anew at each release; what is changed here is lost.
    %s
    """
        .formatted(copy.copy().of(), copy.copy().domain(), root.toPrettyString());
  }

  private static JsonNode node(ConfigValue value) {
    return switch (value) {
      case ConfigValue.Text(var text, _) -> JSON.textNode(text);
      case ConfigValue.Numeric(var number, _) -> JSON.numberNode(number);
      case ConfigValue.Flag(var flag, _) -> JSON.booleanNode(flag);
      case ConfigValue.Nothing _ -> JSON.nullNode();
      case ConfigValue.Date(var written, _) -> JSON.textNode(written);
      case ConfigValue.Sequence(var items, _) -> {
        var list = JSON.arrayNode();
        items.forEach(item -> list.add(node(item)));
        yield list;
      }
      case ConfigValue.Table(var entries, _) -> {
        var table = JSON.objectNode();
        entries.forEach((key, entry) -> table.set(key, node(entry.value())));
        yield table;
      }
    };
  }
}
