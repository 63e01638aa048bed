package dev.clodo.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.clodo.model.Account;
import dev.clodo.model.Binding;
import dev.clodo.model.Looked;
import dev.clodo.model.Memory;
import dev.clodo.model.Service;
import dev.clodo.model.Wish;
import dev.clodo.plan.Contractions.Contraction;
import dev.clodo.plan.ZeroDowntimeDeploymentOrchestrator.Brief;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What D1 databases lack of the migrations that the workspace has for them. Each file is planned
 * once for a database, however many services bind it.
 */
final class PendingMigrations {
  private final Path root;
  private final Account account;
  private final Circumstances circumstances;
  private final Set<String> planned = new HashSet<>();

  /**
   * @param root the workspace; files are named from there
   */
  PendingMigrations(Path root, Account account, Circumstances circumstances) {
    this.root = root;
    this.account = account;
    this.circumstances = circumstances;
  }

  /**
   * What a service's databases lack and no earlier call has given.
   *
   * @throws Unplannable when it can't be seen what a database has
   */
  List<Brief.Migration> of(Service service) {
    return of(service, databases(service).stream().map(Binding.D1::databaseId).toList());
  }

  /** The same, of these databases only. */
  List<Brief.Migration> of(Service service, Collection<String> databaseIds) {
    var migrations = new ArrayList<Brief.Migration>();
    for (var d1 : databases(service)) {
      if (databaseIds.contains(d1.databaseId())) {
        var pending =
            pending(service, d1).stream()
                .filter(f -> planned.add(d1.databaseId() + "/" + f))
                .toList();
        if (!pending.isEmpty()) {
          migrations.add(
              new Brief.Migration(
                  d1.name(),
                  d1.databaseName(),
                  d1.databaseId(),
                  pending,
                  checksums(service, d1, pending)));
        }
      }
    }
    return migrations;
  }

  /** The databases that lack something and that several of the services bind. */
  Set<String> shared(Collection<Service> services) {
    var boundBy = new HashMap<String, Integer>();
    for (var service : services) {
      var ids = new HashSet<String>();
      for (var d1 : databases(service)) {
        if (!files(service, d1).isEmpty() && ids.add(d1.databaseId())) {
          boundBy.merge(d1.databaseId(), 1, Integer::sum);
        }
      }
    }
    boundBy.values().removeIf(count -> count < 2);
    var shared = new LinkedHashSet<String>();
    for (var service : services) {
      for (var d1 : databases(service)) {
        if (boundBy.containsKey(d1.databaseId()) && !pending(service, d1).isEmpty()) {
          shared.add(d1.databaseId());
        }
      }
    }
    return shared;
  }

  /** What a service's databases lack, as far as that can be seen, a part of a sentence each. */
  List<String> lacking(Service service) {
    return databases(service).stream()
        .filter(d1 -> account.appliedMigrations().get(d1.databaseId()) instanceof Looked.Known<?>)
        .filter(d1 -> !pending(service, d1).isEmpty())
        .map(d1 ->
            "D1 database %s lacks %s"
                .formatted(d1.databaseName(), String.join(", ", pending(service, d1))))
        .toList();
  }

  /** Why the services' migrations must not be applied as they are, a sentence each. */
  List<String> refusals(Collection<Service> services) {
    var reasons = new LinkedHashSet<String>();
    for (var service : services) {
      for (var d1 : databases(service)) {
        if (!circumstances.wishes().contains(Wish.ACCEPT_CHANGED_MIGRATIONS)) {
          reasons.addAll(changedSince(service, d1));
        }
        if (circumstances.wishes().contains(Wish.EXPAND_ONLY)
            && account.liveOf(service.name()).isPresent()) {
          contractions(service, d1).stream()
              .map(c ->
                  "%s, which the version of %s that serves may still use; give it a release of its own, later"
                      .formatted(c, service.name()))
              .forEach(reasons::add);
        }
      }
    }
    return List.copyOf(reasons);
  }

  /** What these migrations take away while an old version of the service still serves. */
  List<String> notes(Service service, List<Brief.Migration> migrations) {
    if (account.liveOf(service.name()).isEmpty()) {
      return List.of();
    }
    var notes = new ArrayList<String>();
    for (var d1 : databases(service)) {
      if (migrations.stream().anyMatch(m -> m.databaseId().equals(d1.databaseId()))) {
        contractions(service, d1).stream()
            .map(c ->
                "%s of D1 database %s while the version before still serves, and after a rollback"
                    .formatted(c, d1.databaseName()))
            .forEach(notes::add);
      }
    }
    return notes;
  }

  /** A file that says something else than when it was applied will never be applied again. */
  private List<String> changedSince(Service service, Binding.D1 d1) {
    var applied = account.appliedMigrations().get(d1.databaseId());
    if (!(applied instanceof Looked.Known<Set<String>>(var names))) {
      return List.of();
    }
    var reasons = new ArrayList<String>();
    for (var file : files(service, d1)) {
      var then = circumstances.memory().of(Memory.migration(d1.databaseId(), file));
      var now = text(service, d1, file).map(PendingMigrations::checksum);
      if (names.contains(file)
          && then.isPresent()
          && now.isPresent()
          && !then.get().equals(now.get())) {
        reasons.add(
            ("%s has changed since it was applied to D1 database %s, which keeps what it said"
                    + " then: bring it back and write a new migration, or, if the difference does not"
                    + " matter, add --accept-changed-migrations")
                .formatted(shown(folder(service, d1).resolve(file)), d1.databaseName()));
      }
    }
    return reasons;
  }

  private List<Contraction> contractions(Service service, Binding.D1 d1) {
    var pending = pending(service, d1);
    if (pending.isEmpty()) {
      return List.of();
    }
    var before = files(service, d1).stream().filter(f -> !pending.contains(f)).toList();
    return Contractions.in(texts(service, d1, before), texts(service, d1, pending));
  }

  private List<Contractions.File> texts(Service service, Binding.D1 d1, List<String> names) {
    return names.stream()
        .flatMap(n ->
            text(service, d1, n)
                .map(t -> new Contractions.File(shown(folder(service, d1).resolve(n)), t))
                .stream())
        .toList();
  }

  private Map<String, String> checksums(Service service, Binding.D1 d1, List<String> names) {
    var sums = new HashMap<String, String>();
    names.forEach(n -> text(service, d1, n).ifPresent(t -> sums.put(n, checksum(t))));
    return sums;
  }

  private static String checksum(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }

  private List<String> pending(Service service, Binding.D1 d1) {
    var files = files(service, d1);
    if (files.isEmpty()) {
      return List.of();
    }
    var applied = applied(d1.databaseId());
    return files.stream().filter(f -> !applied.contains(f)).toList();
  }

  private Set<String> applied(String databaseId) {
    return switch (account.appliedMigrations().get(databaseId)) {
      case Looked.Known<Set<String>>(var names) -> names;
      case Looked.Unknown<Set<String>> unknown ->
          throw new Unplannable(
              List.of(
                  "can't see which migrations D1 database %s has: %s"
                      .formatted(databaseId, unknown.why())));
      case null ->
          throw new Unplannable(
              List.of("can't see which migrations D1 database %s has".formatted(databaseId)));
    };
  }

  private static List<Binding.D1> databases(Service service) {
    return service.bindings().stream()
        .filter(Binding.D1.class::isInstance)
        .map(Binding.D1.class::cast)
        .filter(d1 -> !d1.databaseId().isEmpty())
        .toList();
  }

  /** The names of the migration files, in the order in which wrangler applies them. */
  private static List<String> files(Service service, Binding.D1 d1) {
    var folder = folder(service, d1);
    return service.surroundings().existing().stream()
        .filter(p -> folder.equals(p.getParent()))
        .map(Path::getFileName)
        .map(String::valueOf)
        .filter(f -> f.endsWith(".sql"))
        .sorted()
        .toList();
  }

  private static Optional<String> text(Service service, Binding.D1 d1, String file) {
    return Optional.ofNullable(
        service.surroundings().texts().get(folder(service, d1).resolve(file)));
  }

  private String shown(Path file) {
    return (file.startsWith(root) ? root.relativize(file) : file).toString().replace('\\', '/');
  }

  private static Path folder(Service service, Binding.D1 d1) {
    return service.config().resolveSibling(d1.migrationsDir()).normalize();
  }
}
