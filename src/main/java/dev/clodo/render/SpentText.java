package dev.clodo.render;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.clodo.model.Spent;
import java.util.Locale;

/** What asking Cloudflare has cost, in a sentence and as JSON. */
public final class SpentText {
  private static final double MILLIS = 1000;

  private SpentText() {}

  /** Without what did not happen; empty when nobody asked. */
  public static String of(Spent spent) {
    if (spent.requests() == 0) {
      return "";
    }
    var text = new StringBuilder("Asked Cloudflare ").append(times(spent.requests()));
    text.append(", wrangler's requests not counted");
    if (spent.repeated() > 0) {
      text.append("; ").append(spent.repeated()).append(" of them again");
    }
    if (spent.waited().isPositive()) {
      text.append(
          String.format(
              Locale.ROOT, "; waited %.1f s for its limit", spent.waited().toMillis() / MILLIS));
    }
    return text.append('.').toString();
  }

  private static String times(long count) {
    return count == 1 ? "once" : String.format(Locale.ROOT, "%,d times", count);
  }

  public static JsonNode json(Spent spent) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("requests", spent.requests())
        .put("repeated", spent.repeated())
        .put("waitedSeconds", spent.waited().toMillis() / MILLIS);
  }
}
