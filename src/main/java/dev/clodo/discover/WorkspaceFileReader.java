package dev.clodo.discover;

import dev.clodo.model.AccountId;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.ConfigValue.Entry;
import dev.clodo.model.ConfigValue.Numeric;
import dev.clodo.model.ConfigValue.Sequence;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.DomainName;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Evaluated;
import dev.clodo.model.HealthCheck;
import dev.clodo.model.Inventory.Unreadable;
import dev.clodo.model.Location;
import dev.clodo.model.Rollout;
import dev.clodo.model.SecretSource;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Wish;
import dev.clodo.model.Workspace;
import dev.clodo.model.Workspace.Audience;
import dev.clodo.model.Workspace.Domain;
import dev.clodo.model.Workspace.Options;
import dev.clodo.model.Workspace.Overrides;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads {@code clodo.yaml}, {@code clodo.json} or {@code clodo.config.ts}, for one environment and
 * one profile. Only what the schema knows is taken: an unknown key would be a setting that does
 * nothing. Everything that is wrong is told at once.
 */
final class WorkspaceFileReader {
  static final List<String> NAMES =
      List.of(
          "clodo.yaml",
          "clodo.yml",
          "clodo.json",
          "clodo.config.ts",
          "clodo.config.mts",
          "clodo.config.js",
          "clodo.config.mjs");

  /** Bytes; 10,000 domains with all they can say have some 5 MB. */
  private static final int MAX_BYTES = 32 << 20;

  private static final Pattern HOST =
      Pattern.compile(
          "(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)+");

  private static final Table NOTHING = new Table(Map.of(), Workspace.IN_JAVA);

  private final FileCache files;
  private final Function<Path, Evaluated> programs;
  private final Path file;
  private final List<Unreadable> problems = new ArrayList<>();

  private WorkspaceFileReader(FileCache files, Path file, Function<Path, Evaluated> programs) {
    this.programs = programs;
    this.files = files;
    this.file = file;
  }

  /** What the file says, as far as it can be read, and what is wrong with it. */
  record Reading(Workspace file, List<Unreadable> problems) {
    Reading {
      problems = List.copyOf(problems);
    }
  }

  /**
   * The file of the folder, or of the nearest one above it in the same repository.
   *
   * @param profile the way to release; empty when none is chosen
   */
  static Reading find(
      FileCache files,
      Path start,
      EnvironmentName environment,
      String profile,
      Function<Path, Evaluated> programs) {
    boolean inRepository = repository(files, start).isPresent();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      var found = NAMES.stream().map(folder::resolve).filter(files::isFile).toList();
      if (!found.isEmpty()) {
        var reader = new WorkspaceFileReader(files, found.getFirst(), programs);
        if (found.size() > 1) {
          reader.wrong(
              Location.startOf(found.getFirst()),
              "There is also %s. Keep one of the two.".formatted(found.get(1)));
        }
        return reader.read(environment, profile);
      }
      if (!inRepository || isRepository(files, folder)) {
        break;
      }
    }
    if (!profile.isEmpty()) {
      var at = Location.startOf(start);
      return new Reading(
          Workspace.none(),
          List.of(
              new Unreadable(
                  at,
                  Unreadable.Reason.WORKSPACE,
                  "There is no profile %s, because there is no clodo.yaml.".formatted(profile))));
    }
    return new Reading(Workspace.none(), List.of());
  }

  private static Optional<Path> repository(FileCache files, Path start) {
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (isRepository(files, folder)) {
        return Optional.of(folder);
      }
    }
    return Optional.empty();
  }

  private static boolean isRepository(FileCache files, Path folder) {
    return files.kind(folder.resolve(".git")) != FileCache.Kind.ABSENT;
  }

  private Reading read(EnvironmentName environment, String profile) {
    var value = isProgram(file) ? evaluated() : parsed(file);
    if (value.isEmpty() || value.get() instanceof ConfigValue.Nothing) {
      if (value.isPresent() && !profile.isEmpty()) {
        wrong(value.get().at(), "There is no profile " + profile + ".");
      }
      return new Reading(Workspace.none(), problems);
    }
    SettingsReference.parsed().check(value.get(), this::wrong);
    return value.get() instanceof Table root
        ? new Reading(workspace(merged(root, environment, profile)), problems)
        : new Reading(Workspace.none(), problems);
  }

  private static boolean isProgram(Path file) {
    return String.valueOf(file.getFileName()).startsWith("clodo.config.");
  }

  /** What a program says has no place in it but the program. */
  private Optional<ConfigValue> evaluated() {
    return switch (programs.apply(file)) {
      case Evaluated.Value(var json) ->
          JsonReader.value(file, json).map(v -> placed(v, Location.startOf(file)));
      case Evaluated.Failed(var at, var why) -> {
        wrong(at, why);
        yield Optional.empty();
      }
    };
  }

  private static ConfigValue placed(ConfigValue value, Location at) {
    return switch (value) {
      case Text(var text, _) -> new Text(text, at);
      case Numeric(var number, _) -> new Numeric(number, at);
      case ConfigValue.Flag(var flag, _) -> new ConfigValue.Flag(flag, at);
      case ConfigValue.Nothing _ -> new ConfigValue.Nothing(at);
      case ConfigValue.Date(var written, _) -> new ConfigValue.Date(written, at);
      case Sequence(var items, _) ->
          new Sequence(items.stream().map(i -> placed(i, at)).toList(), at);
      case Table(var entries, _) -> {
        var moved = new LinkedHashMap<String, Entry>();
        entries.forEach((key, e) -> moved.put(key, new Entry(at, placed(e.value(), at))));
        yield new Table(moved, at);
      }
    };
  }

  private Optional<ConfigValue> parsed(Path path) {
    var changed = files.changed(path);
    var content =
        changed
            .<SmallFile>map(SmallFile.Content::new)
            .orElseGet(() -> SmallFile.read(path, MAX_BYTES));
    return switch (content) {
      case SmallFile.Content(var text) -> YamlReader.read(path, text, this::wrong);
      case SmallFile.Unread unread -> {
        wrong(Location.startOf(path), unread.message());
        yield Optional.empty();
      }
    };
  }

  /** The top level, and over it what the environment and the profile say. */
  private Table merged(Table root, EnvironmentName environment, String profile) {
    var result = root;
    var inEnvironment = root.table("environments").flatMap(e -> e.table(environment.value()));
    if (inEnvironment.isPresent()) {
      result = over(result, inEnvironment.get());
    }
    if (!profile.isEmpty()) {
      var profiles = root.table("profiles").orElse(NOTHING);
      var chosen = profiles.table(profile);
      if (chosen.isEmpty()) {
        wrong(
            root.locationOf("profiles"),
            "There is no profile %s%s"
                .formatted(profile, Nearest.question(profile, profiles.entries().keySet())));
      } else {
        result = over(result, chosen.get());
      }
    }
    return result;
  }

  /** Tables key by key; everything else is replaced. */
  private static Table over(Table below, Table above) {
    var entries = new LinkedHashMap<>(below.entries());
    above
        .entries()
        .forEach((key, entry) -> {
          var old = entries.get(key);
          entries.put(
              key,
              old != null && old.value() instanceof Table b && entry.value() instanceof Table a
                  ? new Entry(entry.keyAt(), over(b, a))
                  : entry);
        });
    return new Table(entries, above.at());
  }

  private Workspace workspace(Table root) {
    var health = health(HealthCheck.standard(), root.table("health"));
    var domains = domains(root.table("domains").orElse(NOTHING));
    return new Workspace(
        List.of(file),
        domains,
        overrides(root.table("domain-defaults").orElse(NOTHING)),
        services(root.table("services").orElse(NOTHING), health, domains.keySet()),
        groups(root.table("groups").orElse(NOTHING)),
        secrets(root),
        health,
        rollout(root.table("release").orElse(NOTHING), domains.keySet()),
        root.table("assess").stream()
            .flatMap(a -> a.tables("ignore").stream())
            .flatMap(i -> ignored(i).stream())
            .toList());
  }

  private Map<DomainName, Domain> domains(Table said) {
    var entries = new LinkedHashMap<String, Entry>();
    said.text("from").ifPresent(from -> entries.putAll(fromFile(from, said)));
    said.entries()
        .forEach((host, entry) -> {
          if (!host.equals("from")) {
            entries.put(host, entry);
          }
        });
    var domains = new LinkedHashMap<DomainName, Domain>();
    entries.forEach((host, entry) -> {
      if (entry.value() instanceof ConfigValue.Flag) {
        return;
      }
      if (!HOST.matcher(host).matches()) {
        wrong(
            entry.keyAt(),
            "%s is no host name in lower case, with a dot; one in another alphabet is written as xn--…"
                .formatted(host));
        return;
      }
      var table = entry.value() instanceof Table t ? t : NOTHING;
      var services = new HashMap<ServiceName, Overrides>();
      table
          .table("services")
          .ifPresent(s ->
              s.entries()
                  .forEach((name, e) -> {
                    if (e.value() instanceof Table own && !name.isBlank()) {
                      services.put(new ServiceName(name), overrides(own));
                    }
                  }));
      var name = new DomainName(host);
      domains.put(name, new Domain(name, overrides(table), services, entry.keyAt()));
    });
    return domains;
  }

  /** Domains of a file beside this one. */
  private Map<String, Entry> fromFile(String from, Table said) {
    var path = file.resolveSibling(from).normalize();
    if (!files.isFile(path)) {
      wrong(said.get("from").orElse(said).at(), "There is no file " + path + ".");
      return Map.of();
    }
    if (from.endsWith(".csv")) {
      return files
                  .changed(path)
                  .<SmallFile>map(SmallFile.Content::new)
                  .orElseGet(() -> SmallFile.read(path, MAX_BYTES))
              instanceof SmallFile.Content(var text)
          ? checked(new CsvDomains(path, this::wrong).read(text))
          : Map.of();
    }
    var value = parsed(path);
    if (value.isPresent() && value.get() instanceof Table table) {
      return checked(table);
    }
    var entries = new LinkedHashMap<String, Entry>();
    if (value.isPresent() && value.get() instanceof Sequence list) {
      for (var item : list.items()) {
        if (item instanceof Text(var host, var at)) {
          entries.put(host, new Entry(at, new ConfigValue.Nothing(at)));
        } else {
          wrong(item.at(), "A list of domains has host names, but this is a " + item.kind() + ".");
        }
      }
    } else if (value.isPresent()) {
      wrong(
          value.get().at(),
          "Domains are a table or a list, but this is a " + value.get().kind() + ".");
    }
    return entries;
  }

  private Map<String, Entry> checked(Table domains) {
    SettingsReference.parsed()
        .check(
            new Table(Map.of("domains", new Entry(domains.at(), domains)), domains.at()),
            this::wrong);
    return domains.entries();
  }

  private Overrides overrides(Table said) {
    if (said.entries().isEmpty()) {
      return Overrides.none();
    }
    return new Overrides(
        said.text("account").filter(a -> !a.isBlank()).map(AccountId::new).stream().toList(),
        said.text("zone").orElse(""),
        said.text("name").orElse(""),
        said.items("routes"),
        said.table("vars").orElse(NOTHING),
        secrets(said),
        said.table("kv").orElse(NOTHING),
        said.table("d1").orElse(NOTHING),
        said.table("r2").orElse(NOTHING),
        said.table("queues").orElse(NOTHING));
  }

  private Map<String, SecretSource> secrets(Table table) {
    var secrets = new LinkedHashMap<String, SecretSource>();
    table
        .table("secrets")
        .ifPresent(all ->
            all.entries()
                .forEach((name, entry) -> {
                  if (entry.value() instanceof Table said) {
                    source(name, said).ifPresent(source -> secrets.put(name, source));
                  }
                }));
    return secrets;
  }

  private Optional<SecretSource> source(String name, Table said) {
    var sources =
        Stream.of(
                said.text("env")
                    .filter(e -> !e.isBlank())
                    .<SecretSource>map(SecretSource.Variable::new),
                said.text("file")
                    .filter(f -> !f.isBlank())
                    .<SecretSource>map(f ->
                        new SecretSource.Line(
                            file.resolveSibling(f).normalize().toString(),
                            said.text("key").filter(k -> !k.isBlank()).orElse(name))),
                said.text("command")
                    .filter(c -> !c.isBlank())
                    .<SecretSource>map(SecretSource.Command::new))
            .flatMap(Optional::stream)
            .toList();
    if (sources.size() != 1) {
      wrong(
          said.at(),
          "The secret %s needs one source: env: NAME, or file: PATH (with key: NAME), or command: \"…\"."
              .formatted(name));
      return Optional.empty();
    }
    return Optional.of(sources.getFirst());
  }

  private Map<ServiceName, Options> services(
      Table said, HealthCheck health, Set<DomainName> domains) {
    var services = new HashMap<ServiceName, Options>();
    said.entries()
        .forEach((name, entry) -> {
          if (entry.value() instanceof Table table && !name.isBlank()) {
            services.put(
                new ServiceName(name),
                new Options(
                    audience(table, domains),
                    table.table("health").map(h -> health(health, Optional.of(h))).stream()
                        .toList(),
                    secrets(table),
                    entry.keyAt()));
          }
        });
    return services;
  }

  private Audience audience(Table service, Set<DomainName> domains) {
    return switch (service.get("domains").orElse(service)) {
      case Text(var word, _) when word.equals("none") -> new Audience.Once();
      case Text(var word, _) when word.equals("all") -> new Audience.All();
      case Sequence list -> new Audience.Some(Set.copyOf(known(list, domains)));
      case ConfigValue _ -> new Audience.Usual();
    };
  }

  /** The domains that a list names. */
  private List<DomainName> known(Sequence list, Set<DomainName> domains) {
    var named = new ArrayList<DomainName>();
    for (var item : list.items()) {
      if (!(item instanceof Text(var host, var at))) {
        continue;
      }
      var domain = new DomainName(host);
      if (domains.contains(domain)) {
        named.add(domain);
      } else {
        var hosts = domains.stream().map(DomainName::value).collect(Collectors.toSet());
        wrong(at, "There is no domain %s%s".formatted(host, Nearest.question(host, hosts)));
      }
    }
    return named.stream().distinct().toList();
  }

  private static Map<String, List<Workspace.Member>> groups(Table said) {
    var groups = new LinkedHashMap<String, List<Workspace.Member>>();
    for (var name : said.entries().keySet()) {
      groups.put(
          name,
          said.items(name).stream()
              .filter(i -> i instanceof Text(var text, _) && !text.isBlank())
              .map(i -> new Workspace.Member(new ServiceName(((Text) i).value()), i.at()))
              .toList());
    }
    return groups;
  }

  private HealthCheck health(HealthCheck usual, Optional<Table> said) {
    if (said.isEmpty()) {
      return usual;
    }
    var table = said.get();
    try {
      var timeout = duration(table, "timeout").orElse(usual.timeout());
      var latency =
          duration(table, "latency")
              .orElse(usual.latency().equals(usual.timeout()) ? timeout : usual.latency());
      var statuses =
          table
              .get("status")
              .map(WorkspaceFileReader::statuses)
              .orElse(new int[] {usual.statusFrom(), usual.statusBelow()});
      return new HealthCheck(
          table.text("path").orElse(usual.path()),
          statuses[0],
          statuses[1],
          table.text("body").orElse(usual.body()),
          latency,
          table.get("samples").orElse(table) instanceof Numeric(var n, _)
              ? n.intValue()
              : usual.samples(),
          timeout);
    } catch (IllegalArgumentException e) {
      // What is of the wrong form is told already, by the schema; the rest is told here.
      if (problems.isEmpty()) {
        wrong(table.at(), "health: " + e.getMessage() + ".");
      }
      return usual;
    }
  }

  private static Optional<Duration> duration(Table table, String key) {
    return table
        .text(key)
        .map(t ->
            t.endsWith("ms")
                ? Duration.ofMillis(Long.parseLong(t.substring(0, t.length() - 2)))
                : Duration.ofSeconds(Long.parseLong(t.substring(0, t.length() - 1))));
  }

  /** The lowest status that is healthy, and the lowest above it that is not. */
  private static int[] statuses(ConfigValue value) {
    var text =
        value instanceof Numeric(var number, _)
            ? number.toPlainString()
            : value instanceof Text(var t, _) ? t : "";
    if (text.startsWith("<")) {
      return new int[] {HealthCheck.LOWEST_STATUS, Integer.parseInt(text.substring(1))};
    }
    if (text.endsWith("xx")) {
      int hundred = Integer.parseInt(text.substring(0, 1)) * 100;
      return new int[] {hundred, hundred + 100};
    }
    var bounds = text.split("-", 2);
    int from = Integer.parseInt(bounds[0]);
    return new int[] {from, (bounds.length == 2 ? Integer.parseInt(bounds[1]) : from) + 1};
  }

  private Rollout rollout(Table said, Set<DomainName> domains) {
    var usual = Rollout.standard();
    var shares = new ArrayList<Rollout.Share>();
    for (var wave : said.items("waves")) {
      switch (wave) {
        case Text(var percent, _) when percent.matches("[0-9]{1,3}%") ->
            shares.add(
                new Rollout.Share.Percent(
                    Math.clamp(
                        Integer.parseInt(percent.substring(0, percent.length() - 1)), 1, 100)));
        case Sequence list -> shares.add(new Rollout.Share.Named(known(list, domains)));
        case ConfigValue _ -> {}
      }
    }
    if (!shares.isEmpty() && !shares.getLast().equals(new Rollout.Share.Percent(100))) {
      wrong(said.locationOf("waves"), "The last of release.waves has to be 100%.");
      shares.add(new Rollout.Share.Percent(100));
    }
    var ladder =
        said.items("ladder").stream()
            .filter(Numeric.class::isInstance)
            .map(n -> ((Numeric) n).value().intValue())
            .toList();
    boolean climbs = ladder.isEmpty() || ladder.getLast() == 100;
    for (int i = 1; i < ladder.size(); i++) {
      climbs &= ladder.get(i) > ladder.get(i - 1);
    }
    if (!climbs) {
      wrong(
          said.locationOf("ladder"),
          "Each share of release.ladder has to be higher than the last, up to 100.");
    }
    return new Rollout(
        shares.isEmpty() ? usual.shares() : shares,
        switch (said.text("on-failure").orElse("everything")) {
          case "wave" -> Rollout.OnFailure.WAVE;
          case "service" -> Rollout.OnFailure.SERVICE;
          default -> Rollout.OnFailure.EVERYTHING;
        },
        said.get("concurrency").orElse(said) instanceof Numeric(var n, _)
            ? Math.max(1, n.intValue())
            : usual.concurrency(),
        ladder.isEmpty() || !climbs ? usual.ladder() : ladder,
        wishes(said));
  }

  private static Set<Wish> wishes(Table said) {
    var wishes = EnumSet.noneOf(Wish.class);
    if (isTrue(said, "require-rollback")) {
      wishes.add(Wish.REQUIRE_ROLLBACK);
    }
    if (isTrue(said, "expand-only")) {
      wishes.add(Wish.EXPAND_ONLY);
    }
    return wishes;
  }

  private static boolean isTrue(Table said, String key) {
    return said.get(key).orElse(said) instanceof ConfigValue.Flag(var flag, _) && flag;
  }

  private Optional<Workspace.Ignored> ignored(Table item) {
    var check = item.get("check");
    if (check.isEmpty() || !(check.get() instanceof Text(var id, var at))) {
      return Optional.empty();
    }
    return Optional.of(
        new Workspace.Ignored(
            id,
            item.text("service")
                .filter(s -> !s.isBlank())
                .map(s -> Set.of(new ServiceName(s)))
                .orElse(Set.of()),
            item.text("environment").map(e -> Set.of(new EnvironmentName(e))).orElse(Set.of()),
            item.text("reason").orElse(""),
            at));
  }

  private void wrong(Location at, String message) {
    problems.add(new Unreadable(at, Unreadable.Reason.WORKSPACE, message));
  }
}
