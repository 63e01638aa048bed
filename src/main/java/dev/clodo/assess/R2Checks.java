package dev.clodo.assess;

import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.warning;

import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Remedy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** R2 buckets. */
final class R2Checks {
  private R2Checks() {}

  private static final String BUCKETS = "r2/buckets/create-buckets/";

  static final List<Check> CHECKS =
      List.of(
          error(
              "r2/bucket-name-invalid",
              StopsAt.CONFIG,
              BUCKETS,
              c -> c.violationsOf("r2/bucket-name-invalid")),
          error("r2/bucket-not-found", StopsAt.UPLOAD, BUCKETS, R2Checks::notFound)
              .yieldingTo("r2/bucket-typo-creates-new"),
          warning(
              "r2/bucket-typo-creates-new",
              "workers/wrangler/configuration/#automatic-provisioning",
              R2Checks::typo));

  private record Bucket(String binding, Case.Word name) {}

  private static List<Bucket> buckets(Case c) {
    return c.settings().tables("r2_buckets").stream()
        // A bucket in a jurisdiction is not in the list of the account's default one.
        .filter(t -> t.get("jurisdiction").isEmpty())
        .flatMap(t ->
            Case.word(t, "bucket_name").filter(n -> !n.value().isEmpty()).stream()
                .map(n -> new Bucket(t.text("binding").orElse(""), n)))
        .toList();
  }

  /** wrangler creates a missing bucket since 4.113; older ones and other tools fail. */
  private static final Packages.Version PROVISIONS = new Packages.Version(4, 113, 0);

  private static List<? extends Hit> notFound(Case c) {
    return absent(
        c,
        (bucket, known) -> {
          var fault =
              new Hit.Fault(
                  bucket.binding(),
                  bucket.name().at(),
                  "The account has no R2 bucket \""
                      + bucket.name().value()
                      + "\" (binding \""
                      + bucket.binding()
                      + "\").",
                  c.account("r2 bucket create " + bucket.name().value()));
          boolean old =
              Packages.installedWrangler(c).filter(v -> v.compareTo(PROVISIONS) < 0).isPresent();
          return Optional.of(
              old
                  ? fault
                  : new Hit.Fault(
                          fault.subject(),
                          fault.at(),
                          fault.message() + " The deploy creates an empty one.",
                          fault.remedy())
                      .as(Severity.WARNING));
        });
  }

  private static List<? extends Hit> typo(Case c) {
    return absent(
        c,
        (bucket, known) ->
            Similar.to(bucket.name().value(), known)
                .<Hit>map(near ->
                    new Hit.Fault(
                        bucket.binding(),
                        bucket.name().at(),
                        "The account has no R2 bucket \""
                            + bucket.name().value()
                            + "\"; the deploy would create it, empty. Did you mean \""
                            + near
                            + "\"?",
                        new Remedy.Edit(
                            bucket.name().at(),
                            "\"" + bucket.name().value() + "\"",
                            "\"" + near + "\""))));
  }

  private interface Judge {
    Optional<Hit> of(Bucket bucket, Set<String> known);
  }

  private static List<? extends Hit> absent(Case c, Judge judge) {
    var wanted = buckets(c);
    if (wanted.isEmpty()) {
      return List.of();
    }
    return Case.judging(
        c.account().buckets(),
        known -> {
          var hits = new ArrayList<Hit>();
          for (var bucket : wanted) {
            if (!known.contains(bucket.name().value())) {
              judge.of(bucket, known).ifPresent(hits::add);
            }
          }
          return hits;
        });
  }
}
