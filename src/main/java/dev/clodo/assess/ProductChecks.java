package dev.clodo.assess;

import static dev.clodo.assess.Check.error;

import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Remedy;
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
          error("containers/image-invalid", StopsAt.CONFIG, "containers/", ProductChecks::image),
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

  /** An image is the path of a Dockerfile that exists, or a registry's image with a tag. */
  private static List<? extends Hit> image(Case c) {
    var hits = new ArrayList<Hit>(c.violationsOf("containers/image-invalid"));
    for (var t : c.settings().tables("containers")) {
      Case.word(t, "image")
          .filter(w -> !w.value().isEmpty() && !c.exists(c.resolve(w.value())))
          .filter(
              w -> !w.value().replaceFirst(".*/", "").contains(":") || w.value().contains("://"))
          .ifPresent(w ->
              hits.add(
                  new Hit.Fault(
                      "containers",
                      w.at(),
                      "The image \""
                          + w.value()
                          + "\" is neither a file that exists nor an image"
                          + " with a tag. wrangler refuses the configuration.",
                      new Remedy.Advice(
                          "Correct the path of the Dockerfile, or append a tag such"
                              + " as :1.0."))));
    }
    return hits;
  }
}
