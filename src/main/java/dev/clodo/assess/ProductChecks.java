package dev.clodo.assess;

import static dev.clodo.assess.Check.error;

import dev.clodo.model.Finding.StopsAt;
import java.util.ArrayList;
import java.util.List;

/** Products with a check or two of their own. */
final class ProductChecks {
  private ProductChecks() {}

  static final List<Check> CHECKS =
      List.of(
          error(
                  "hyperdrive/id-malformed",
                  StopsAt.UPLOAD,
                  "hyperdrive/get-started/",
                  ProductChecks::hyperdrive)
              .yieldingTo("bindings/id-and-name-swapped"),
          config("ratelimits/shape", "workers/runtime-apis/bindings/rate-limit/"),
          config("workflows/name-invalid", "workflows/reference/limits/"),
          config("vpc/shape", "workers-vpc/"),
          config("python/flag-missing", "workers/languages/python/"),
          config("containers/image-invalid", "containers/"),
          config("containers/class-invalid", "containers/"),
          config("pages/reserved-assets-binding", "pages/functions/bindings/"));

  /** A check that wrangler's own validation makes too. */
  private static Check config(String id, String docs) {
    return error(id, StopsAt.CONFIG, docs, c -> c.violationsOf(id));
  }

  private static List<? extends Hit> hyperdrive(Case c) {
    var hits = new ArrayList<Hit>();
    for (var t : c.settings().tables("hyperdrive")) {
      var binding = t.text("binding").orElse("");
      Case.word(t, "id")
          .filter(id -> !CredentialChecks.HEX_32.matcher(id.value()).matches())
          .ifPresent(id ->
              hits.add(
                  new Hit.Fault(
                      binding,
                      id.at(),
                      "The id of Hyperdrive \""
                          + binding
                          + "\" is \""
                          + id.value()
                          + "\", but an id has 32 hexadecimal digits. The deploy fails with code"
                          + " 10157.",
                      c.account("hyperdrive list"))));
    }
    return hits;
  }
}
