package dev.clodo.assess;

import static dev.clodo.assess.Check.advice;
import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.errorProd;
import static dev.clodo.assess.Check.warning;

import dev.clodo.model.Account;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Remedy;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import dev.clodo.model.SourceFacts.Touch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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
              .yieldingTo("assets/binding-missing", "environments/binding-not-inherited"),
          errorProd("bindings/kind-mismatch", BINDINGS, BindingChecks::kindMismatch),
          errorProd(
              "bindings/removed-by-deploy",
              "workers/wrangler/configuration/#source-of-truth",
              BindingChecks::removedByDeploy),
          errorProd(
              "bindings/used-at-module-scope",
              "workers/runtime-apis/bindings/#importing-env-as-a-global",
              BindingChecks::usedAtStart),
          errorProd(
              "bindings/process-env-resource",
              "workers/configuration/environment-variables/",
              BindingChecks::processEnv),
          error(
              "bindings/metadata-too-large",
              StopsAt.UPLOAD,
              "workers/platform/limits/",
              BindingChecks::tooLarge),
          advice("bindings/unused", "workers/wrangler/configuration/", BindingChecks::unused));

  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_$][A-Za-z0-9_$]*");
  private static final Pattern ID_SHAPE =
      Pattern.compile("[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private static List<? extends Hit> invalidIdentifier(Case c) {
    return Declared.in(c.settings()).stream()
        .filter(d -> !d.kind().equals("vars") && !IDENTIFIER.matcher(d.name()).matches())
        .map(d -> {
          var fault =
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
                      d.at(), "\"" + d.name() + "\"", "\"" + Names.asBinding(d.name()) + "\""));
          // env["MY-KV"] reaches it; then only the generated types suffer.
          return c.code().uses().containsKey(d.name()) ? fault.as(Severity.ADVICE) : fault;
        })
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
                    u.does()
                        + ", but no binding \""
                        + u.name()
                        + "\" is configured: it deploys, then "
                        + outcome(u),
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
                            u.does()
                                + ", but the binding is named \""
                                + known
                                + "\": it deploys, then "
                                + outcome(u).replace('.', ';')
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

  private static String outcome(CodeUse.Use use) {
    return use.method().isEmpty() ? "it is undefined." : "every such request throws.";
  }

  private static Hit soften(CodeUse.Use use, Hit.Fault fault) {
    return use.onlyInTry() || !use.isCertain() ? fault.as(Severity.WARNING) : fault;
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

  /** Kinds whose methods the code of another Worker decides. */
  private static final Set<String> ANY_METHOD =
      Set.of("services", "unsafe", "dispatch_namespaces", "vpc_services", "vpc_networks");

  private static List<? extends Hit> kindMismatch(Case c) {
    if (!c.code().isDecisive()) {
      return List.of();
    }
    var declared = new HashMap<String, Set<Declared>>();
    for (var d : Declared.in(c.settings())) {
      declared.computeIfAbsent(d.name(), _ -> new HashSet<>()).add(d);
    }
    var hits = new ArrayList<Hit>();
    for (var use : c.code().uses().values()) {
      var found = declared.getOrDefault(use.name(), Set.of());
      if (use.guarded() || use.onlyKind().isEmpty() || found.size() != 1) {
        continue;
      }
      var d = found.iterator().next();
      boolean fits = d.kind().equals(use.onlyKind()) || ANY_METHOD.contains(d.kind());
      if (!fits && !d.kind().equals("secrets") && !d.kind().equals("vars")) {
        var fault =
            new Hit.Fault(
                use.name(),
                use.at(),
                use.does()
                    + ", which only an entry of \""
                    + use.onlyKind()
                    + "\" has; \""
                    + use.name()
                    + "\" is one of \""
                    + d.kind()
                    + "\" (line "
                    + d.at().line()
                    + "): every such request throws.",
                new Remedy.Advice(
                    "Use what a binding of \""
                        + d.kind()
                        + "\" offers, or declare \""
                        + use.name()
                        + "\" in \""
                        + use.onlyKind()
                        + "\"."));
        hits.add(use.onlyInTry() ? fault.as(Severity.WARNING) : fault);
      }
    }
    return hits;
  }

  /** Live bindings that a deploy keeps by itself, or that another check is about. */
  private static final Set<String> KEPT =
      Set.of("secret_text", "secret_key", "plain_text", "json", "assets", "inherit");

  private static List<? extends Hit> removedByDeploy(Case c) {
    var live =
        c.account()
            .resources()
            .get(new Account.Shelf(ResourceKind.BINDINGS, c.service().name().value()));
    if (live == null || c.isPages()) {
      return List.of();
    }
    return Case.judging(
        live,
        bindings -> {
          var declared = Declared.names(c.settings());
          var hits = new ArrayList<Hit>();
          for (var binding : bindings) {
            var name = binding.id();
            if (declared.contains(name)
                || KEPT.contains(binding.name())
                || name.isEmpty()
                || name.startsWith("__STATIC_CONTENT")) {
              continue;
            }
            var use = c.code().uses().get(name);
            var fault =
                new Hit.Fault(
                    name,
                    use == null ? c.at("name") : use.at(),
                    "The live Worker has the binding \""
                        + name
                        + "\" ("
                        + binding.name()
                        + "), which the configuration lacks: the deploy removes it"
                        + (use == null ? "." : ", and the code uses it."),
                    new Remedy.Advice(
                        "Declare \"" + name + "\" in the configuration" + details(binding) + "."));
            hits.add(
                use == null || use.guarded() || use.onlyInTry()
                    ? fault.as(Severity.WARNING)
                    : fault);
          }
          return hits;
        });
  }

  private static String details(Resource binding) {
    var traits =
        binding.traits().entrySet().stream()
            .filter(e -> !e.getValue().isEmpty())
            .map(e -> e.getKey() + " \"" + e.getValue() + "\"")
            .sorted()
            .collect(Collectors.joining(", "));
    return traits.isEmpty() ? "" : ": " + traits;
  }

  /** Methods of a KV namespace: workerd refuses them at the start even where nobody awaits them. */
  private static final Set<String> NEEDS_REQUEST =
      Set.of("get", "put", "list", "delete", "getWithMetadata");

  private static List<? extends Hit> usedAtStart(Case c) {
    if (!c.code().isDecisive()) {
      return List.of();
    }
    var kinds = new HashMap<String, String>();
    Declared.in(c.settings()).forEach(d -> kinds.put(d.name(), d.kind()));
    var hits = new ArrayList<Hit>();
    var atStart = c.code().filesAtStart();
    c.code()
        .eachFile((path, facts) -> {
          for (var use : facts.uses()) {
            boolean called = use.touch() == Touch.CALLED || use.touch() == Touch.DROPPED;
            boolean refused =
                "kv_namespaces".equals(kinds.get(use.name()))
                    && NEEDS_REQUEST.contains(use.member());
            if (called && use.atStart() && !use.guarded() && refused && atStart.contains(path)) {
              hits.add(
                  new Hit.Fault(
                      use.name(),
                      use.at().in(path),
                      "env."
                          + use.name()
                          + "."
                          + use.member()
                          + "() is called while the Worker starts, where input and output are"
                          + " refused. The upload fails with code 10021.",
                      new Remedy.Advice("Call it in a handler, or when it is first needed.")));
            }
          }
        });
    return hits;
  }

  private static final Set<String> STRINGS = Set.of("vars", "secrets", "text_blobs");

  private static List<? extends Hit> processEnv(Case c) {
    if (!c.code().isDecisive()) {
      return List.of();
    }
    var resources = new HashMap<String, Declared>();
    Declared.in(c.settings()).stream()
        .filter(d -> !STRINGS.contains(d.kind()))
        .forEach(d -> resources.put(d.name(), d));
    var faults = new LinkedHashMap<String, Hit>();
    var guarded = new HashSet<String>();
    c.code()
        .eachFile((path, facts) -> {
          for (var use : facts.processEnv()) {
            var declared = resources.get(use.name());
            if (use.guarded() || use.touch() == Touch.WRITTEN) {
              guarded.add(use.name());
            } else if (declared != null && use.direct()) {
              var fault =
                  new Hit.Fault(
                      use.name(),
                      use.at().in(path),
                      "process.env holds strings only: process.env."
                          + use.name()
                          + " is undefined, though \""
                          + use.name()
                          + "\" is a binding of \""
                          + declared.kind()
                          + "\".",
                      new Remedy.Advice(
                          "Read env."
                              + use.name()
                              + ", from the handler or from \"cloudflare:workers\"."));
              faults.putIfAbsent(use.name(), use.inTry() ? fault.as(Severity.WARNING) : fault);
            }
          }
        });
    guarded.forEach(faults::remove);
    return List.copyOf(faults.values());
  }

  private static List<? extends Hit> tooLarge(Case c) {
    long bytes = 0;
    for (var key : List.of("vars", "secrets")) {
      bytes += c.settings().get(key).map(BindingChecks::size).orElse(0L);
    }
    for (var d : Declared.in(c.settings())) {
      bytes += d.kind().equals("vars") ? 0 : d.name().length() + 60L;
    }
    return bytes <= Limits.of("upload.metadata.bytes")
        ? List.of()
        : List.of(
            new Hit.Fault(
                "vars",
                c.at("vars"),
                "The variables and bindings take "
                    + bytes / 1000
                    + " kB; Cloudflare takes 1 MB at most. The upload fails.",
                new Remedy.Advice(
                    "Keep the data in KV or R2, or in a file that the code imports.")));
  }

  private static long size(ConfigValue value) {
    return switch (value) {
      case ConfigValue.Text(var text, var _) -> text.getBytes(StandardCharsets.UTF_8).length + 2L;
      case ConfigValue.Table t ->
          t.entries().entrySet().stream()
              .mapToLong(e -> e.getKey().length() + 4L + size(e.getValue().value()))
              .sum();
      case ConfigValue.Sequence s -> s.items().stream().mapToLong(v -> size(v) + 1).sum();
      case ConfigValue.Numeric _, ConfigValue.Flag _, ConfigValue.Date _, ConfigValue.Nothing _ ->
          5L;
    };
  }

  /** Kinds that do something without being named in the code. */
  private static final Set<String> SELF_ACTING =
      Set.of(
          "vars",
          "secrets",
          "assets",
          "durable_objects",
          "workflows",
          "unsafe",
          "logfwdr",
          "wasm_modules",
          "text_blobs",
          "data_blobs");

  private static List<? extends Hit> unused(Case c) {
    var code = c.code();
    // Where the code reads nothing at all, it reads in a way that is not understood.
    if (!code.isDecisive() || !code.isComplete() || code.escapes() || code.uses().isEmpty()) {
      return List.of();
    }
    var words = new HashSet<String>();
    code.eachFile((path, _) -> {
      var text = c.around().texts().get(path);
      if (text != null) {
        WORD.matcher(text).results().forEach(m -> words.add(m.group()));
      }
    });
    return Declared.in(c.settings()).stream()
        .filter(d -> !SELF_ACTING.contains(d.kind()) && !words.contains(d.name()))
        .filter(d -> !code.optional().contains(d.name()))
        .map(d ->
            new Hit.Fault(
                d.name(),
                d.at(),
                "No source file names the binding \"" + d.name() + "\" (" + d.kind() + ").",
                new Remedy.Advice("Remove it if nothing else needs it.")))
        .toList();
  }

  private static final Pattern WORD = Pattern.compile("[A-Za-z_$][\\w$]*");
}
