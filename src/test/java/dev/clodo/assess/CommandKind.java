package dev.clodo.assess;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The kinds of commands that remedies name. For each check whose remedy is one, a story of {@link
 * CommandRemediesTest} or {@link WranglerRemediesTest} carries it out, or the kind says why none
 * can.
 */
enum CommandKind {
  KEEP_FROM_ASSETS("printf '%s\\\\n' (?:'[^']+' )+>> \\S+"),
  MOVE("mv \\S+ \\S+"),
  SWITCH_BRANCH("git switch \\S+"),
  UNTRACK("git rm --cached (\\S+) && echo \\1 >> \\.gitignore"),
  UNSET("unset(?: [A-Z_]+)+"),
  RUN_BUILD("npm run build"),
  LOCK("npm install --package-lock-only"),
  LOCK_OTHERWISE(
      "pnpm install --no-frozen-lockfile --lockfile-only|bun install --lockfile-only",
      "the same as npm's, of package managers that not every machine has"),
  INSTALL("npm install"),
  ADD("npm install (?:--save-dev )?[@a-z][@a-z0-9/.-]*"),
  OTHERWISE(
      "(?:pnpm|yarn|bun) (?:install|run build|add (?:--save-dev|--dev) \\S+)",
      "the same as npm's, of package managers that not every machine has"),
  TYPES("npx wrangler types"),
  CREATE_DATABASE("npx wrangler d1 create \\S+"),
  CREATE_BOUND_DATABASE("npx wrangler d1 create \\S+ --binding \\S+ --update-config"),
  MIGRATE("npx wrangler d1 migrations apply \\S+ --remote(?: --env \\S+)?"),
  CREATE_NAMESPACE("npx wrangler kv namespace create \\S+"),
  CREATE_BOUND_NAMESPACE("npx wrangler kv namespace create \\S+ --binding \\S+ --update-config"),
  CREATE_PREVIEW("npx wrangler kv namespace create \\S+ --preview"),
  CREATE_BUCKET("npx wrangler r2 bucket create \\S+"),
  CREATE_BOUND_BUCKET("npx wrangler r2 bucket create \\S+ --binding \\S+ --update-config"),
  CREATE_QUEUE("npx wrangler queues create \\S+"),
  REMOVE_CONSUMER("npx wrangler queues consumer remove \\S+ \\S+"),
  PUT_SECRET("npx wrangler secret put \\S+(?: --env \\S+)?"),
  DEPLOY("npx wrangler deploy(?: --env \\S+)?"),
  CREATE_PROJECT("npx wrangler pages project create \\S+ --production-branch main"),
  PUT_PAGES_SECRET(
      "npx wrangler pages secret put \\S+ --project-name \\S+",
      "secrets of Pages projects are not among what the sandbox plays"),
  DOWNLOAD_PROJECT(
      "npx wrangler pages download config \\S+",
      "the settings of the dashboard are not among what the sandbox plays"),
  LOGIN("npx wrangler login", "it opens a browser, where a person has to agree"),
  CF("npx cf (?:migrate|init \\.)", "a preview of another tool, which asks questions"),
  HYPERDRIVE(
      "npx wrangler hyperdrive create \\S+ --connection-string=\\S+",
      "it wants a database that Cloudflare can reach"),
  EMAIL("npx wrangler email routing enable \\S+", "it changes a zone's mail records"),
  STORE_SECRET(
      "npx wrangler secrets-store secret create \\S+ --name \\S+ --scopes workers --remote",
      "the secrets store is not among what the sandbox plays");

  private final Pattern line;
  private final Optional<String> unproven;

  CommandKind(String line) {
    this.line = Pattern.compile(line);
    this.unproven = Optional.empty();
  }

  CommandKind(String line, String unproven) {
    this.line = Pattern.compile(line);
    this.unproven = Optional.of(unproven);
  }

  /** Why no story carries it out. */
  Optional<String> unproven() {
    return unproven;
  }

  /** Refuses a command that no story carries out for this check. */
  static void prove(String check, String line) {
    var kind = of(line);
    if (kind.unproven.isEmpty() && !Story.isTold(check, kind)) {
      throw new AssertionError("no story carries out what " + check + " says: " + line);
    }
  }

  /** The kind of a command. A new kind of command wants a story first. */
  static CommandKind of(String line) {
    return Arrays.stream(values())
        .filter(k -> k.line.matcher(line).matches())
        .findFirst()
        .orElseThrow(() -> new AssertionError("no story carries out a remedy like: " + line));
  }
}
