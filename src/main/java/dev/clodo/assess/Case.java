package dev.clodo.assess;

import dev.clodo.model.Account;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.Location;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import dev.clodo.model.Service;
import dev.clodo.model.Surroundings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One service under assessment, with the workspace around it.
 *
 * @param violations where the configuration is not as wrangler demands it
 * @param code what the service's source was seen to use
 */
record Case(Evidence evidence, Service service, List<Violation> violations, CodeUse code) {

  Table settings() {
    return service.settings();
  }

  Account account() {
    return evidence.account();
  }

  Surroundings around() {
    return service.surroundings();
  }

  boolean isPages() {
    return service.kind() == Service.Kind.PAGES;
  }

  boolean isToml() {
    return service.config().toString().endsWith(".toml");
  }

  /** Paths in a configuration are relative to the folder of its file. */
  Path folder() {
    var parent = service.config().getParent();
    return parent == null ? Path.of("") : parent;
  }

  /** What a path of the configuration means. */
  Path resolve(String path) {
    return folder().resolve(path).normalize();
  }

  boolean exists(Path path) {
    return around().existing().contains(path);
  }

  /** Whether the configuration names a compatibility flag. */
  boolean hasFlag(String flag) {
    return settings().items("compatibility_flags").stream()
        .anyMatch(v -> v instanceof ConfigValue.Text(var name, _) && name.equals(flag));
  }

  /** The text of a file beside the configuration, where discovery read it. */
  Optional<String> text(String path) {
    return Optional.ofNullable(around().texts().get(resolve(path)));
  }

  /** Where a key is written, or the start of the file where it is missing. */
  Location at(String key) {
    return settings().get(key).isPresent()
        ? settings().locationOf(key)
        : Location.startOf(service.config());
  }

  /**
   * The names that the live version of the service is bound to; empty when that is not known. A
   * service that does not exist yet is bound to none.
   */
  Optional<Set<String>> liveBindings() {
    return switch (account().resources(ResourceKind.BINDINGS, service().name().value())) {
      case Looked.Known<List<Resource>>(var bindings) ->
          Optional.of(bindings.stream().map(Resource::id).collect(Collectors.toSet()));
      case Looked.Unknown<List<Resource>> _ -> Optional.empty();
    };
  }

  /** The account's list of a kind; empty also when it is not known. */
  List<Resource> seen(ResourceKind kind, String of) {
    return account().resources(kind, of) instanceof Looked.Known<List<Resource>>(var list)
        ? list
        : List.of();
  }

  /** The calls of wrangler in scripts and pipelines that act on this service. */
  List<WranglerCall> calls() {
    return evidence.pipelines().callsFor(service);
  }

  /** What to type in the service's folder; {@code --env} is added where one is assessed. */
  Remedy.Command wrangler(String arguments) {
    var environment = service.environment();
    return new Remedy.Command(
        "npx wrangler "
            + arguments
            + (environment.isTopLevel() ? "" : " --env " + environment.value()),
        service.home());
  }

  /** A command that mends nothing by itself: it shows or makes what a person then takes over. */
  static Remedy.Advice look(String arguments, String then) {
    return new Remedy.Advice("Type npx wrangler " + arguments + ", and " + then);
  }

  /** What to type where the environment does not matter. */
  Remedy.Command account(String arguments) {
    return new Remedy.Command("npx wrangler " + arguments, service.home());
  }

  /**
   * How this file writes a table's path: {@code [env.staging.vars]} or {@code env.staging.vars}.
   */
  String section(String key) {
    var prefix = service.environment().isTopLevel() ? "" : "env." + service.environment() + ".";
    return prefix + key;
  }

  /** Makes the remedies that are edits of this service's configuration. */
  Edits edits() {
    return Edits.of(service);
  }

  /**
   * Writes another setting before one that is there; the value is the same in TOML and JSON.
   *
   * @throws IllegalArgumentException when the key is not there
   */
  Remedy.Edit settingBefore(String key, String newKey, String value) {
    var entry = settings().entries().get(key);
    if (entry == null) {
      throw new IllegalArgumentException("no " + key);
    }
    return settingBefore(entry.keyAt(), newKey, value);
  }

  /** Writes another setting at the place where a key of the same table starts. */
  Remedy.Edit settingBefore(Location keyAt, String newKey, String value) {
    return new Remedy.Edit(
        keyAt,
        "",
        isToml()
            ? newKey + " = " + value + "\n"
            : "\"" + newKey + "\": " + value + ",\n" + " ".repeat(keyAt.column() - 1));
  }

  /** The violations that a check reports. */
  List<Hit.Fault> violationsOf(String check) {
    return violations.stream()
        .filter(v -> v.check().equals(check))
        .map(v -> new Hit.Fault(v.subject(), v.at(), v.message(), v.remedy()))
        .toList();
  }

  /** Judges what was looked at; what could not be seen makes the check unsure. */
  static <T> List<? extends Hit> judging(
      Looked<T> looked, Function<? super T, List<? extends Hit>> judge) {
    return switch (looked) {
      case Looked.Known<T>(var value) -> judge.apply(value);
      case Looked.Unknown<T>(var why, var permission) -> List.of(new Hit.Unsure(why, permission));
    };
  }

  /** A string value of the settings with its place. */
  record Word(String value, Location at) {}

  /** The string under a key of a table. */
  static Optional<Word> word(Table table, String key) {
    return table
        .get(key)
        .filter(ConfigValue.Text.class::isInstance)
        .map(v -> new Word(((ConfigValue.Text) v).value(), v.at()));
  }
}
