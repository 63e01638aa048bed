package dev.clodo.assess;

import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.warning;

import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import dev.clodo.model.ResourceKind;
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
              .yieldingTo(
                  "r2/bucket-typo-creates-new", "r2/jurisdiction-missing", "r2/not-enabled"),
          warning(
                  "r2/bucket-typo-creates-new",
                  "workers/wrangler/configuration/#automatic-provisioning",
                  R2Checks::typo)
              .yieldingTo("r2/jurisdiction-missing", "r2/not-enabled"),
          error(
              "r2/jurisdiction-missing",
              StopsAt.UPLOAD,
              "r2/reference/data-location/#jurisdictional-restrictions",
              R2Checks::jurisdictionMissing),
          error("r2/not-enabled", StopsAt.UPLOAD, "r2/get-started/", R2Checks::notEnabled));

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

  private static List<? extends Hit> jurisdictionMissing(Case c) {
    var hits = new ArrayList<Hit>();
    for (var t : c.settings().tables("r2_buckets")) {
      var name = t.text("bucket_name").orElse("");
      if (t.get("jurisdiction").isPresent()
          || !(c.account().buckets() instanceof Looked.Known<Set<String>>(var known))
          || known.contains(name)) {
        continue;
      }
      List.of("eu", "fedramp").stream()
          .filter(j -> c.seen(ResourceKind.BUCKETS, j).stream().anyMatch(b -> b.id().equals(name)))
          .findFirst()
          .ifPresent(j ->
              hits.add(
                  new Hit.Fault(
                      t.text("binding").orElse(""),
                      t.locationOf("bucket_name"),
                      "The R2 bucket \""
                          + name
                          + "\" exists in the jurisdiction \""
                          + j
                          + "\", where the binding does not look: the deploy does not find it, or"
                          + " makes another.",
                      c.settingBefore(
                          t.locationOf("bucket_name"), "jurisdiction", "\"" + j + "\""))));
    }
    return hits;
  }

  /** The API's codes for an account on which R2 was never switched on, the older one first. */
  private static final Set<String> R2_IS_OFF = Set.of("10042", "10136");

  private static List<? extends Hit> notEnabled(Case c) {
    boolean off =
        c.seen(ResourceKind.REFUSALS, "").stream()
            .anyMatch(r -> R2_IS_OFF.contains(r.id()) && r.name().contains("/r2/"));
    return off
        ? c.settings().tables("r2_buckets").stream()
            .map(t ->
                new Hit.Fault(
                    t.text("binding").orElse(""),
                    t.at(),
                    "R2 is not switched on for this account. The deploy fails at the bucket of \""
                        + t.text("binding").orElse("")
                        + "\".",
                    new Remedy.Advice(
                        "Switch R2 on at https://dash.cloudflare.com/?to=/:account/r2 (it asks for"
                            + " a payment method).")))
            .toList()
        : List.of();
  }
}
