package dev.clodo.assess;

import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.errorProd;
import static dev.clodo.assess.Check.warning;

import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Remedy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Bindings of any kind: declared rightly, and there for the code that uses them. */
final class BindingChecks {
  private BindingChecks() {}

  private static final String BINDINGS = "workers/runtime-apis/bindings/";

  static final List<Check> CHECKS =
      List.of(
          error(
              "bindings/required-field-missing",
              StopsAt.CONFIG,
              "workers/wrangler/configuration/#bindings",
              c -> c.violationsOf("bindings/required-field-missing")),
          error(
              "bindings/duplicate-name",
              StopsAt.CONFIG,
              BINDINGS,
              c -> c.violationsOf("bindings/duplicate-name")),
          warning("bindings/invalid-identifier", BINDINGS, BindingChecks::invalidIdentifier)
              .yieldingTo("bindings/id-and-name-swapped"),
          error(
              "bindings/id-and-name-swapped",
              StopsAt.UPLOAD,
              "kv/concepts/kv-bindings/",
              BindingChecks::swapped),
          errorProd("bindings/missing", BINDINGS, BindingChecks::missing)
              .yieldingTo(
                  "bindings/name-typo",
                  "assets/binding-missing",
                  "environments/binding-not-inherited"),
          errorProd("bindings/name-typo", BINDINGS, BindingChecks::typo)
              .yieldingTo("assets/binding-missing", "environments/binding-not-inherited"));

  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_$][A-Za-z0-9_$]*");
  private static final Pattern ID_SHAPE =
      Pattern.compile("[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private static List<? extends Hit> invalidIdentifier(Case c) {
    return Declared.in(c.settings()).stream()
        .filter(d -> !d.kind().equals("vars") && !IDENTIFIER.matcher(d.name()).matches())
        .map(d ->
            new Hit.Fault(
                d.name(),
                d.at(),
                "The binding \""
                    + d.name()
                    + "\" is no JavaScript identifier: the code can't read"
                    + " it as env."
                    + d.name()
                    + ".",
                new Remedy.Edit(
                    d.at(), "\"" + d.name() + "\"", "\"" + Names.asBinding(d.name()) + "\"")))
        .toList();
  }

  private static List<? extends Hit> swapped(Case c) {
    var hits = new ArrayList<Hit>();
    for (var list : List.of("kv_namespaces", "d1_databases", "hyperdrive")) {
      var field = list.equals("d1_databases") ? "database_id" : "id";
      for (var t : c.settings().tables(list)) {
        var binding = Case.word(t, "binding");
        var id = Case.word(t, field);
        if (binding.isPresent()
            && id.isPresent()
            && ID_SHAPE.matcher(binding.get().value()).matches()
            && !ID_SHAPE.matcher(id.get().value()).matches()) {
          hits.add(
              new Hit.Fault(
                  binding.get().value(),
                  binding.get().at(),
                  "\"binding\" is an id and \"" + field + "\" a name: the two are swapped.",
                  new Remedy.Advice("Swap the values of \"binding\" and \"" + field + "\".")));
        }
      }
    }
    return hits;
  }

  /** Names that the platform gives without being asked. */
  private static final Set<String> GIVEN =
      Set.of("__STATIC_CONTENT", "__STATIC_CONTENT_MANIFEST", "CF_PAGES", "CF_VERSION_METADATA");

  /** The names that the code needs and nobody declares, with what it does with them. */
  private static List<CodeUse.Use> undeclared(Case c) {
    if (!c.code().isDecisive()) {
      return List.of();
    }
    // What another layer of the file declares is a matter of the environment that is chosen.
    var declared = Declared.anywhere(c.service());
    return c.code().uses().values().stream()
        .filter(u -> !u.guarded() && u.isResource())
        .filter(u -> !declared.contains(u.name()) && !GIVEN.contains(u.name()))
        .filter(u -> !(c.isPages() && u.name().equals("ASSETS")))
        .filter(u -> !u.name().startsWith("CF_PAGES"))
        .toList();
  }

  private static List<? extends Hit> missing(Case c) {
    return undeclared(c).stream()
        .filter(u -> !(u.name().equals("ASSETS") && c.settings().table("assets").isPresent()))
        .filter(u -> meant(c, u).isEmpty())
        .map(u ->
            soften(
                u,
                new Hit.Fault(
                    u.name(),
                    u.at(),
                    "The code calls env."
                        + u.name()
                        + "."
                        + u.method()
                        + "(), but no binding \""
                        + u.name()
                        + "\" is configured: it deploys, then every such request throws.",
                    remedy(c, u))))
        .toList();
  }

  private static List<? extends Hit> typo(Case c) {
    return undeclared(c).stream()
        .flatMap(u ->
            meant(c, u).stream()
                .map(known ->
                    soften(
                        u,
                        new Hit.Fault(
                            u.name(),
                            u.at(),
                            "The code calls env."
                                + u.name()
                                + "."
                                + u.method()
                                + "(), but the binding is"
                                + " named \""
                                + known
                                + "\": it deploys, then every such request throws;"
                                + " did you mean \""
                                + known
                                + "\"?",
                            new Remedy.Edit(u.at(), u.name(), known)))))
        .toList();
  }

  /** A configured name that the code never uses and that is spelt almost alike. */
  private static java.util.Optional<String> meant(Case c, CodeUse.Use use) {
    var unused =
        Declared.in(c.settings()).stream()
            .filter(d -> !d.kind().equals("vars") && !d.kind().equals("secrets"))
            .map(Declared::name)
            .filter(n -> !c.code().uses().containsKey(n))
            .collect(Collectors.toSet());
    return Similar.to(use.name(), unused);
  }

  private static Hit soften(CodeUse.Use use, Hit.Fault fault) {
    return use.onlyInTry() ? fault.as(Severity.WARNING) : fault;
  }

  /**
   * Where wrangler can write the binding itself, that is at the top level of JSON, it creates the
   * resource and does so. Elsewhere the binding is written without an id: a deploy creates what it
   * names.
   */
  private static Remedy remedy(Case c, CodeUse.Use use) {
    var binding = use.name();
    var name = Names.asBucket(c.service().name() + "-" + binding);
    boolean writes = !c.isToml() && c.service().environment().isTopLevel();
    var update = " --binding " + binding + " --update-config";
    return switch (use.kind()) {
      case "d1_databases" ->
          writes
              ? c.account("d1 create " + name + update)
              : c.edits().append(use.kind(), entry("binding", binding, "database_name", name));
      case "kv_namespaces" ->
          writes
              ? c.account(
                  "kv namespace create "
                      + Words.argument(c.service().name() + "-" + binding)
                      + update)
              : c.edits().append(use.kind(), entry("binding", binding));
      case "r2_buckets" ->
          writes
              ? c.account("r2 bucket create " + name + update)
              : c.edits().append(use.kind(), entry("binding", binding, "bucket_name", name));
      default ->
          new Remedy.Advice(
              "Declare a binding \""
                  + binding
                  + "\" in "
                  + (use.kind().isEmpty() ? "the configuration." : "\"" + use.kind() + "\"."));
    };
  }

  /** In the order in which people write them. */
  private static Map<String, Object> entry(String... words) {
    var entry = new LinkedHashMap<String, Object>();
    for (int i = 0; i < words.length; i += 2) {
      entry.put(words[i], words[i + 1]);
    }
    return entry;
  }
}
