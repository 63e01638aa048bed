package dev.clodo.adapter.wrangler;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/**
 * What a call of wrangler left behind.
 *
 * @param end how it ended
 * @param exit the exit code; -1 unless it ended by itself
 * @param out standard output without colours
 * @param err standard error without colours
 * @param entries the entries of its output file, in order
 */
record Ran(End end, int exit, String out, String err, List<JsonNode> entries) {
  /** How a process ended. */
  enum End {
    BY_ITSELF,
    /** It took longer than its limit and was ended. */
    OVERDUE,
    /** It was gone without saying so: killed, or out of memory. */
    GONE
  }

  Ran {
    entries = List.copyOf(entries);
  }

  boolean succeeded() {
    return end == End.BY_ITSELF && exit == 0;
  }

  /** The last entry of a type. */
  Optional<JsonNode> entry(String type) {
    return entries.reversed().stream()
        .filter(e -> e.path("type").asText("").equals(type))
        .findFirst();
  }

  /** The version that an entry names; wrangler writes null where it stopped before the upload. */
  Optional<String> versionIn(String type) {
    return entry(type).map(e -> e.path("version_id").asText("")).filter(v -> !v.isEmpty());
  }
}
