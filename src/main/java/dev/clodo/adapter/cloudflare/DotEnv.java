package dev.clodo.adapter.cloudflare;

import dev.clodo.model.EnvFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The credentials in a folder's {@code .env} files, as wrangler would read them there: {@code
 * .env}, {@code .env.local}, and for an environment {@code .env.NAME} and {@code .env.NAME.local},
 * each over those before it. The process's own variables win over all of them. Only names that say
 * who asks Cloudflare are taken.
 *
 * <p>An address of the API is taken only together with credentials from the same files: a stray
 * file must not send the user's own token elsewhere.
 *
 * @param variables the process's variables with what was found
 * @param sources the file's name of each variable that a file has given
 */
public record DotEnv(Map<String, String> variables, Map<String, String> sources) {
  private static final Set<String> SECRETS =
      Set.of(
          "CLOUDFLARE_API_TOKEN",
          "CF_API_TOKEN",
          "CLOUDFLARE_API_KEY",
          "CF_API_KEY",
          "CLOUDFLARE_EMAIL",
          "CF_EMAIL");

  private static final Set<String> ACCOUNTS = Set.of("CLOUDFLARE_ACCOUNT_ID", "CF_ACCOUNT_ID");

  private static final Set<String> ADDRESSES = Set.of("CLOUDFLARE_API_BASE_URL", "CF_API_BASE_URL");

  /** Bytes; a file of variables is short. */
  private static final long LONGEST = 1 << 20;

  private static final Pattern REFERENCE =
      Pattern.compile("\\$(?:\\{([A-Za-z_][\\w]*)(?::?-([^}]*))?}|([A-Za-z_][\\w]*))");

  public DotEnv {
    variables = Map.copyOf(variables);
    sources = Map.copyOf(sources);
  }

  /**
   * Reads the files of a folder; none of them has to exist.
   *
   * @param environment the name of an environment; empty for the top level
   */
  public static DotEnv over(Map<String, String> process, Path folder, String environment) {
    var names = new ArrayList<>(List.of(".env", ".env.local"));
    if (environment.matches("[\\w.-]+")) {
      names.add(".env." + environment);
      names.add(".env." + environment + ".local");
    }
    var found = new LinkedHashMap<String, String>();
    var sources = new HashMap<String, String>();
    for (var name : names) {
      read(folder.resolve(name))
          .forEach((key, value) -> {
            found.put(key, value);
            sources.put(key, name);
          });
    }
    var all = new HashMap<>(process);
    var given = new HashMap<String, String>();
    boolean own = SECRETS.stream().anyMatch(n -> !process.getOrDefault(n, "").isBlank());
    boolean secrets = !own && found.keySet().stream().anyMatch(SECRETS::contains);
    found.forEach((key, value) -> {
      boolean wanted =
          SECRETS.contains(key) || ACCOUNTS.contains(key) || (secrets && ADDRESSES.contains(key));
      if (wanted && process.getOrDefault(key, "").isEmpty() && !value.isEmpty()) {
        all.put(key, expanded(value, process, found));
        given.put(key, sources.getOrDefault(key, ".env"));
      }
    });
    return new DotEnv(all, given);
  }

  private static Map<String, String> read(Path file) {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > LONGEST) {
        return Map.of();
      }
      return EnvFile.parse(Files.readString(file));
    } catch (IOException e) {
      // As for wrangler, a file that can't be read gives nothing.
      return Map.of();
    }
  }

  /** {@code $NAME}, {@code ${NAME}} and {@code ${NAME:-other}}. */
  private static String expanded(
      String value, Map<String, String> process, Map<String, String> found) {
    return REFERENCE
        .matcher(value)
        .replaceAll(m -> {
          var name = m.group(1) == null ? m.group(3) : m.group(1);
          var other = m.group(2) == null ? "" : m.group(2);
          var known = process.getOrDefault(name, found.getOrDefault(name, ""));
          return Matcher.quoteReplacement(known.isEmpty() ? other : known);
        });
  }
}
