package dev.clodo.assess;

import static dev.clodo.assess.Check.advice;
import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.errorProd;
import static dev.clodo.assess.Check.warning;

import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** KV namespaces. */
final class KvChecks {
  private KvChecks() {}

  static final List<Check> CHECKS =
      List.of(
          error("kv/id-malformed", StopsAt.UPLOAD, "kv/get-started/", KvChecks::malformed)
              .yieldingTo("bindings/id-and-name-swapped"),
          error(
              "kv/namespace-not-found",
              StopsAt.UPLOAD,
              "kv/concepts/kv-bindings/",
              KvChecks::notFound),
          errorProd(
              "kv/expiration-ttl-too-small",
              "kv/api/write-key-value-pairs/#expiring-keys",
              KvChecks::expiration),
          error(
              "kv/title-collision",
              StopsAt.UPLOAD,
              "workers/wrangler/configuration/#automatic-provisioning",
              KvChecks::titleCollision),
          advice(
                  "kv/auto-provision",
                  "workers/wrangler/configuration/#automatic-provisioning",
                  KvChecks::autoProvision)
              .yieldingTo("kv/title-collision"),
          warning(
              "kv/preview-id-equals-production",
              "workers/wrangler/configuration/#kv-namespaces",
              KvChecks::samePreview));

  private record Namespace(String binding, Case.Word id) {
    boolean isMalformed() {
      return !CredentialChecks.HEX_32.matcher(id.value()).matches();
    }
  }

  /** The namespaces with an id; one without is created by wrangler. */
  private static List<Namespace> namespaces(Case c) {
    return c.settings().tables("kv_namespaces").stream()
        .flatMap(t ->
            Case.word(t, "id").filter(id -> !id.value().isEmpty()).stream()
                .map(id -> new Namespace(t.text("binding").orElse(""), id)))
        .toList();
  }

  private static List<? extends Hit> malformed(Case c) {
    return namespaces(c).stream()
        .filter(Namespace::isMalformed)
        .map(n ->
            new Hit.Fault(
                n.binding(),
                n.id().at(),
                "The id of KV namespace \""
                    + n.binding()
                    + "\" is \""
                    + n.id().value()
                    + "\", but an id has 32 hexadecimal digits. The deploy fails with code 10042. Create the"
                    + " namespace, and write its id here.",
                meant(c, n)
                    .orElseGet(
                        () -> c.account("kv namespace create " + Words.argument(n.binding())))))
        .toList();
  }

  /** The id that the namespace has which wrangler created for this binding. */
  private static Optional<Remedy> meant(Case c, Namespace n) {
    return idOf(c, n.binding()).map(id -> c.edits().replace(n.id().at(), id));
  }

  /** The id of the namespace with this title, or with the service's name before it. */
  private static Optional<String> idOf(Case c, String title) {
    return c.account().kvNamespaces() instanceof Looked.Known<Map<String, String>>(var known)
        ? known.entrySet().stream()
            .filter(e ->
                e.getValue().equals(title) || e.getValue().equals(c.service().name() + "-" + title))
            .map(Map.Entry::getKey)
            .findFirst()
        : Optional.empty();
  }

  private static List<? extends Hit> notFound(Case c) {
    var wanted = namespaces(c).stream().filter(n -> !n.isMalformed()).toList();
    if (wanted.isEmpty()) {
      return List.of();
    }
    return Case.judging(
        c.account().kvNamespaces(),
        known -> {
          var hits = new ArrayList<Hit>();
          for (var n : wanted) {
            if (!known.containsKey(n.id().value())) {
              var title =
                  Similar.to(c.service().name() + "-" + n.binding(), known.values())
                      .or(() -> known.values().stream().filter(n.binding()::equals).findFirst());
              var id =
                  title.flatMap(t ->
                      known.entrySet().stream()
                          .filter(e -> e.getValue().equals(t))
                          .map(Map.Entry::getKey)
                          .findFirst());
              hits.add(
                  new Hit.Fault(
                      n.binding(),
                      n.id().at(),
                      "The account has no KV namespace with the id "
                          + n.id().value()
                          + " (binding \""
                          + n.binding()
                          + "\"). The deploy fails with code 10041"
                          + id.map(i -> "; did you mean \"" + title.orElse("") + "\", " + i + "?")
                              .orElse(". Create it, and write its id here."),
                      id.<Remedy>map(i ->
                              new Remedy.Edit(
                                  n.id().at(), "\"" + n.id().value() + "\"", "\"" + i + "\""))
                          .orElseGet(() ->
                              c.account("kv namespace create " + Words.argument(n.binding())))));
            }
          }
          return hits;
        });
  }

  private static List<? extends Hit> expiration(Case c) {
    var bindings =
        c.settings().tables("kv_namespaces").stream()
            .flatMap(t -> t.text("binding").stream())
            .toList();
    return c.code().shortLived().stream()
        .filter(p -> bindings.contains(p.binding()))
        .map(p ->
            new Hit.Fault(
                p.binding(),
                p.at(),
                "env."
                    + p.binding()
                    + ".put() asks for expirationTtl: "
                    + p.seconds()
                    + ". KV refuses less than 60 seconds, so the write throws.",
                new Remedy.Edit(p.at(), String.valueOf(p.seconds()), "60")))
        .toList();
  }

  /** The namespaces that wrangler would create, or take over from the live version. */
  private static List<Table> withoutId(Case c) {
    return c.settings().tables("kv_namespaces").stream()
        .filter(t -> t.get("id").isEmpty() && t.text("binding").isPresent())
        .toList();
  }

  private static List<? extends Hit> titleCollision(Case c) {
    if (c.isPages()
        || !(c.account().kvNamespaces() instanceof Looked.Known<Map<String, String>>(var known))) {
      return List.of();
    }
    var hits = new ArrayList<Hit>();
    for (var t : withoutId(c)) {
      var binding = t.text("binding").orElse("");
      var title = (c.service().name() + "-" + binding).toLowerCase(Locale.ROOT).replace('_', '-');
      known.entrySet().stream()
          .filter(e -> e.getValue().equals(title))
          .filter(e -> c.liveBindings().filter(live -> !live.contains(binding)).isPresent())
          .findFirst()
          .ifPresent(e ->
              hits.add(
                  new Hit.Fault(
                      binding,
                      t.at(),
                      "The KV namespace of \""
                          + binding
                          + "\" has no id, so the deploy wants to create \""
                          + title
                          + "\", which the account has already: it fails with code 10014.",
                      c.settingBefore(t.locationOf("binding"), "id", "\"" + e.getKey() + "\""))));
    }
    return hits;
  }

  private static List<? extends Hit> autoProvision(Case c) {
    return withoutId(c).stream()
        // Astro's adapter adds this one without an id on purpose.
        .filter(t -> !t.text("binding").orElse("").equals("SESSION"))
        .filter(t ->
            c.liveBindings().filter(live -> live.contains(t.text("binding").orElse(""))).isEmpty())
        .map(t -> {
          var binding = t.text("binding").orElse("");
          return new Hit.Fault(
              binding,
              t.at(),
              "The KV namespace of \""
                  + binding
                  + "\" has no id: the deploy creates one, and a Worker or binding with another name"
                  + " gets another, empty one.",
              idOf(c, binding)
                  .<Remedy>map(
                      id -> c.settingBefore(t.locationOf("binding"), "id", "\"" + id + "\""))
                  .orElseGet(() -> c.account("kv namespace create " + Words.argument(binding))));
        })
        .toList();
  }

  private static List<? extends Hit> samePreview(Case c) {
    return c.settings().tables("kv_namespaces").stream()
        .filter(t ->
            t.text("preview_id")
                .filter(p -> !p.isEmpty() && t.text("id").filter(p::equals).isPresent())
                .isPresent())
        .map(t ->
            new Hit.Fault(
                t.text("binding").orElse(""),
                t.locationOf("preview_id"),
                "preview_id of \""
                    + t.text("binding").orElse("")
                    + "\" is the production namespace: wrangler dev --remote writes production data.",
                preview(c, t)))
        .toList();
  }

  /** The namespace for previews of a binding, which wrangler gives a title of its own. */
  private static Remedy preview(Case c, Table namespace) {
    var binding = namespace.text("binding").orElse("");
    return idOf(c, binding + "_preview")
        .flatMap(
            id -> Case.word(namespace, "preview_id").map(old -> c.edits().replace(old.at(), id)))
        .orElseGet(
            () -> c.account("kv namespace create " + Words.argument(binding) + " --preview"));
  }
}
