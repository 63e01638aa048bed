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

/** What a person may ask of a release beside the release itself. */
final class Wishes implements Syntax.Shared {
  private final Set<Wish> wishes = EnumSet.noneOf(Wish.class);
  private final List<SecretFile> files = new ArrayList<>();

  @Override
  public void addTo(Syntax syntax) {
    syntax
        .flag(
            "--accept-changed-migrations",
            "Go on although a migration file differs from what was applied under its name.",
            on -> set(Wish.ACCEPT_CHANGED_MIGRATIONS, on))
        .flag(
            "--expand-only",
            "Refuse migrations that take away what the version that serves may still use: dropped or"
                + " renamed tables and columns, new columns without a default.",
            on -> set(Wish.EXPAND_ONLY, on))
        .flag(
            "--overwrite-triggers",
            "Replace routes, domains, schedules and addresses that were changed by hand, or by"
                + " something else than Clodo.",
            on -> set(Wish.OVERWRITE_TRIGGERS, on))
        .flag(
            "--require-rollback",
            "Refuse what a service could not be rolled back from: a first deploy, a change of Durable"
                + " Object classes, a database that loses what the version before uses.",
            on -> set(Wish.REQUIRE_ROLLBACK, on))
        .flag(
            "--create-missing",
            "Create KV namespaces, D1 databases, R2 buckets and queues that are bound and do not exist"
                + " yet; ids are written into the configuration.",
            on -> set(Wish.CREATE_MISSING, on))
        .text(
            "--secrets-file",
            "[SERVICE=]FILE",
            "Lines NAME=value of this file are the service's secrets. Only those that changed are"
                + " sent, together with the new version.",
            this::secretsFile);
  }

  private void set(Wish wish, boolean wanted) {
    if (wanted) {
      wishes.add(wish);
    } else {
      wishes.remove(wish);
    }
  }

  private void secretsFile(String typed) {
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
