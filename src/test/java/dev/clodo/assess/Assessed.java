package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.discover.ServiceAutoDiscovery;
import dev.clodo.mend.Mending;
import dev.clodo.model.Account;
import dev.clodo.model.Account.Access;
import dev.clodo.model.AccountId;
import dev.clodo.model.Assessment;
import dev.clodo.model.Build;
import dev.clodo.model.CheckId;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Finding;
import dev.clodo.model.Inventory;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Stage;
import dev.clodo.model.Start;
import dev.clodo.model.Target;
import dev.clodo.model.Trials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A small workspace on disk, an account, and what the assessment says of them. */
final class Assessed {
  static final LocalDate TODAY = LocalDate.of(2026, 11, 20);

  private final Path root;
  private String environment = "";
  private final Map<String, Looked<Build>> builds = new HashMap<>();
  private final Map<String, Looked<Start>> starts = new HashMap<>();
  private Account account = Account.unseen("Offline");

  private Assessed(Path root) {
    this.root = root;
  }

  /** A Worker that exports a class {@code Room} beside its handler, with more in its settings. */
  static Assessed withRoom(Path folder, String more) {
    return in(folder)
        .file(
            "wrangler.toml",
            """
            name = "api"
            main = "src/index.ts"
            compatibility_date = "2026-11-01"
            """
                + more
                + "\n")
        .file("src/handlers.ts", "export class Room {}")
        .file(
            "src/index.ts",
            "export * from \"./handlers\";\nexport default { fetch: () => new Response() };");
  }

  /** An empty workspace below a folder of its own. */
  static Assessed in(Path folder) {
    try {
      return new Assessed(Files.createTempDirectory(folder, "workspace").toRealPath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path root() {
    return root;
  }

  Assessed file(String path, String text) {
    try {
      var file = root.resolve(path);
      var parent = file.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.writeString(file, text);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Assessed environment(String name) {
    environment = name;
    return this;
  }

  Assessed account(Account found) {
    account = found;
    return this;
  }

  /** What building the services came to, by name; those not named are not built. */
  Assessed built(String service, Build build) {
    builds.put(service, new Looked.Known<>(build));
    return this;
  }

  /** What starting the services came to, by name; those not named are not started. */
  Assessed started(String service, Start start) {
    starts.put(service, new Looked.Known<>(start));
    return this;
  }

  /** A program whose default export has these handlers, and nothing else. */
  static Start.Up handles(String... events) {
    return exports(
        Map.of("default", new Start.Export(Start.Kind.OBJECT, Start.Base.NONE, Set.of(events))),
        events);
  }

  static Start.Up exports(Map<String, Start.Export> exports, String... events) {
    return new Start.Up(exports, Set.of(events), Duration.ofMillis(20));
  }

  /**
   * What is found; every remedy that is an edit has been tried, and each that is a command has its
   * story.
   */
  Assessment assessment() {
    var assessment = assess();
    for (var finding : assessment.findings()) {
      if (finding.remedy() instanceof Remedy.Command(var line, _)) {
        CommandKind.prove(finding.check().value(), line);
      }
    }
    assessment.findings().forEach(f -> proveEdit(assessment, f));
    return assessment;
  }

  /**
   * Makes a finding's edit on the file: afterwards the file can be read, the check finds less than
   * before, and nothing new stops a deploy. The file is then as it was.
   */
  private void proveEdit(Assessment before, Finding finding) {
    if (!(finding.remedy() instanceof Remedy.Edit edit)) {
      return;
    }
    if (!builds.isEmpty() || !starts.isEmpty()) {
      // What a build or a start told is about the text before the edit.
      return;
    }
    try {
      var file = edit.at().file();
      var bytes = Files.readAllBytes(file);
      var text = new String(bytes, StandardCharsets.UTF_8);
      var mended = Mending.of(file, text, List.of(edit));
      assertThat(mended.left())
          .as("edits that can't be made for %s in\n%s", finding, text)
          .isEmpty();
      Files.writeString(file, mended.text());
      try {
        // What the old text came to when it was built or started says nothing of the new one.
        var earlierBuilds = Map.copyOf(builds);
        var earlierStarts = Map.copyOf(starts);
        builds.clear();
        starts.clear();
        var after = assess();
        builds.putAll(earlierBuilds);
        starts.putAll(earlierStarts);
        assertThat(after.inventory().unreadable())
            .as("unreadable after the edit of %s:\n%s", finding, mended.text())
            .isEqualTo(before.inventory().unreadable());
        assertThat(failures(after, finding.check()))
            .as("left after the edit of %s:\n%s", finding, mended.text())
            .isLessThan(failures(before, finding.check()));
        assertThat(blocking(before))
            .as("what blocks after the edit of %s:\n%s", finding, mended.text())
            .containsAll(blocking(after));
      } finally {
        Files.write(file, bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long failures(Assessment assessment, CheckId check) {
    return assessment.findings().stream()
        .filter(f -> f.verdict() == Finding.Verdict.FAIL && f.check().equals(check))
        .count();
  }

  private static Set<CheckId> blocking(Assessment assessment) {
    return assessment.findings().stream()
        .filter(Finding::blocks)
        .map(Finding::check)
        .collect(Collectors.toSet());
  }

  private Assessment assess() {
    var inventory = new ServiceAutoDiscovery().discover(root, new EnvironmentName(environment));
    var stages = EnumSet.noneOf(Stage.class);
    if (!builds.isEmpty() || !starts.isEmpty()) {
      stages.add(Stage.BUILD);
    }
    if (!starts.isEmpty()) {
      stages.add(Stage.RUN);
    }
    var tried = new Trials(stages, byTarget(inventory, builds), byTarget(inventory, starts));
    return new CapabilityAssessmentEngine().assess(inventory, account, tried, TODAY);
  }

  private static <T> Map<Target, Looked<T>> byTarget(
      Inventory inventory, Map<String, Looked<T>> byName) {
    return inventory.services().stream()
        .filter(s -> byName.containsKey(s.name().value()))
        .collect(
            Collectors.toMap(
                Service::target, s -> Objects.requireNonNull(byName.get(s.name().value()))));
  }

  /** The findings of one check. */
  List<Finding> of(String check) {
    return assessment().findings().stream().filter(f -> f.check().value().equals(check)).toList();
  }

  /** The one finding of a check. */
  Finding only(String check) {
    var found = of(check);
    if (found.size() != 1) {
      throw new AssertionError(check + " was found " + found.size() + " times among " + checks());
    }
    return found.getFirst();
  }

  /** Which checks failed, each once; what is not wrong and could be better is left out. */
  Set<String> checks() {
    return assessment().findings().stream()
        .filter(f -> f.verdict() == Finding.Verdict.FAIL)
        .map(f -> f.check().value())
        .filter(id -> !id.startsWith("best-practice/"))
        .collect(Collectors.toSet());
  }

  /** An account in which everything could be looked at, and nothing is there. */
  static AccountBuilder emptyAccount() {
    return new AccountBuilder();
  }

  static final class AccountBuilder {
    private Looked<Set<ServiceName>> services = new Looked.Known<>(Set.of());
    private final Map<ServiceName, Looked<Account.Live>> live = new HashMap<>();
    private Looked<Map<String, String>> namespaces = new Looked.Known<>(Map.of());
    private Looked<Map<String, String>> databases = new Looked.Known<>(Map.of());
    private Looked<Set<String>> buckets = new Looked.Known<>(Set.of());
    private Looked<Set<String>> queues = new Looked.Known<>(Set.of());
    private final Map<ServiceName, Looked<Set<String>>> secrets = new HashMap<>();
    private Looked<String> subdomain = new Looked.Known<>("acme");
    private Looked<Map<String, String>> zones = new Looked.Known<>(Map.of("acme.dev", "z1"));
    private final Map<String, Looked<Set<String>>> migrations = new HashMap<>();
    private final Map<Account.Shelf, Looked<List<Resource>>> lists = new HashMap<>();
    private Looked<AccountId> id = new Looked.Known<>(new AccountId("a".repeat(32)));
    private Looked<List<AccountId>> choices =
        new Looked.Known<>(List.of(new AccountId("a".repeat(32))));

    AccountBuilder services(String... names) {
      services =
          new Looked.Known<>(
              Set.of(names).stream().map(ServiceName::new).collect(Collectors.toSet()));
      return this;
    }

    AccountBuilder live(String service, Account.Live how) {
      live.put(new ServiceName(service), new Looked.Known<>(how));
      return this;
    }

    AccountBuilder namespaces(Map<String, String> titleById) {
      namespaces = new Looked.Known<>(titleById);
      return this;
    }

    AccountBuilder namespacesForbidden(String permission) {
      namespaces = new Looked.Unknown<>("The token may not list KV namespaces", permission);
      return this;
    }

    AccountBuilder databases(Map<String, String> nameById) {
      databases = new Looked.Known<>(nameById);
      return this;
    }

    AccountBuilder databasesForbidden(String permission) {
      databases = new Looked.Unknown<>("The token may not list databases", permission);
      return this;
    }

    AccountBuilder buckets(String... names) {
      buckets = new Looked.Known<>(Set.of(names));
      return this;
    }

    AccountBuilder queues(String... names) {
      queues = new Looked.Known<>(Set.of(names));
      return this;
    }

    AccountBuilder secrets(String service, String... names) {
      secrets.put(new ServiceName(service), new Looked.Known<>(Set.of(names)));
      return this;
    }

    AccountBuilder subdomain(String name) {
      subdomain = new Looked.Known<>(name);
      return this;
    }

    AccountBuilder zones(Map<String, String> idByName) {
      zones = new Looked.Known<>(idByName);
      return this;
    }

    AccountBuilder applied(String database, String... names) {
      migrations.put(database, new Looked.Known<>(Set.of(names)));
      return this;
    }

    AccountBuilder list(ResourceKind kind, String of, Resource... found) {
      lists.put(new Account.Shelf(kind, of), new Looked.Known<>(List.of(found)));
      return this;
    }

    AccountBuilder forbidden(ResourceKind kind, String of, String permission) {
      lists.put(new Account.Shelf(kind, of), new Looked.Unknown<>("The token may not", permission));
      return this;
    }

    AccountBuilder choices(String... ids) {
      id = new Looked.Unknown<>("Several accounts", "");
      choices = new Looked.Known<>(List.of(ids).stream().map(AccountId::new).toList());
      return this;
    }

    Account build() {
      return new Account(
              Access.ACCEPTED,
              id,
              choices,
              services,
              live,
              namespaces,
              databases,
              buckets,
              queues,
              secrets,
              subdomain,
              zones,
              migrations)
          .with(lists);
    }
  }

  /** The first finding with a verdict of unknown whose check is this one. */
  Optional<Finding> unknown(String check) {
    return of(check).stream().filter(f -> f.verdict() == Finding.Verdict.UNKNOWN).findFirst();
  }
}
