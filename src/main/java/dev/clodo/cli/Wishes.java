package dev.clodo.cli;

import dev.clodo.Clodo;
import dev.clodo.SecretFile;
import dev.clodo.model.Wish;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** What a person may ask of a release beside the release itself. */
final class Wishes {
  private final Set<Wish> wishes = EnumSet.noneOf(Wish.class);
  private final List<SecretFile> files = new ArrayList<>();

  @Option(
      names = "--accept-changed-migrations",
      description = "Go on although a migration file differs from what was applied under its name.")
  void acceptChangedMigrations(boolean wanted) {
    set(Wish.ACCEPT_CHANGED_MIGRATIONS, wanted);
  }

  @Option(
      names = "--expand-only",
      description =
          "Refuse migrations that take away what the version that serves may still use: dropped or"
              + " renamed tables and columns, new columns without a default.")
  void expandOnly(boolean wanted) {
    set(Wish.EXPAND_ONLY, wanted);
  }

  @Option(
      names = "--overwrite-triggers",
      description =
          "Replace routes, domains, schedules and addresses that were changed by hand, or by"
              + " something else than Clodo.")
  void overwriteTriggers(boolean wanted) {
    set(Wish.OVERWRITE_TRIGGERS, wanted);
  }

  @Option(
      names = "--require-rollback",
      description =
          "Refuse what a service could not be rolled back from: a first deploy, a change of Durable"
              + " Object classes, a database that loses what the version before uses.")
  void requireRollback(boolean wanted) {
    set(Wish.REQUIRE_ROLLBACK, wanted);
  }

  @Option(
      names = "--create-missing",
      description =
          "Create KV namespaces, D1 databases, R2 buckets and queues that are bound and do not exist"
              + " yet; ids are written into the configuration.")
  void createMissing(boolean wanted) {
    set(Wish.CREATE_MISSING, wanted);
  }

  private void set(Wish wish, boolean wanted) {
    if (wanted) {
      wishes.add(wish);
    } else {
      wishes.remove(wish);
    }
  }

  @Option(
      names = "--secrets-file",
      paramLabel = "[SERVICE=]FILE",
      description =
          "Lines NAME=value of this file are the service's secrets. Only those that changed are"
              + " sent, together with the new version.")
  void secretsFile(String typed) {
    int equals = typed.indexOf('=');
    files.add(
        new SecretFile(
            equals < 0 ? "" : typed.substring(0, equals), Path.of(typed.substring(equals + 1))));
  }

  /** As they are typed behind a command. */
  String options() {
    return wishes.stream()
            .map(w -> " --" + w.name().toLowerCase(Locale.ROOT).replace('_', '-'))
            .collect(Collectors.joining())
        + files.stream()
            .map(f ->
                " --secrets-file " + (f.service().isEmpty() ? "" : f.service() + "=") + f.file())
            .collect(Collectors.joining());
  }

  Clodo addedTo(Clodo clodo) {
    return clodo.wishing(wishes).withSecrets(files);
  }
}
