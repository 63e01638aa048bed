package dev.clodo.plan;

import dev.clodo.model.Account;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.Looked;
import dev.clodo.model.Service;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the public address at which a service can be asked how it is. */
final class Addresses {
  private Addresses() {}

  /**
   * The workers.dev address, which needs no DNS of the user's, else the first custom domain or
   * route that names one host; empty when there is none. Ends with a slash.
   */
  static Optional<URI> of(Service service, Account account) {
    var routes = routes(service.settings());
    return Stream.concat(
            workersDev(service, account, routes.isEmpty()).stream(),
            routes.stream().flatMap(r -> fromPattern(r).stream()))
        .findFirst();
  }

  private static Optional<URI> workersDev(Service service, Account account, boolean byDefault) {
    boolean wanted =
        service
            .settings()
            .get("workers_dev")
            .map(v -> v instanceof ConfigValue.Flag(var flag, _) ? flag : byDefault)
            .orElse(byDefault);
    return wanted
            && account.subdomain() instanceof Looked.Known<String>(var subdomain)
            && !subdomain.isEmpty()
        ? parsed("https://%s.%s.workers.dev/".formatted(service.name(), subdomain))
        : Optional.empty();
  }

  private static List<String> routes(ConfigValue.Table settings) {
    var values = new ArrayList<ConfigValue>();
    settings.get("route").ifPresent(values::add);
    values.addAll(settings.items("routes"));
    return values.stream().flatMap(v -> pattern(v).stream()).toList();
  }

  private static Optional<String> pattern(ConfigValue route) {
    return switch (route) {
      case ConfigValue.Text(var text, _) -> Optional.of(text);
      case ConfigValue.Table table -> table.text("pattern");
      case ConfigValue.Numeric _,
          ConfigValue.Flag _,
          ConfigValue.Nothing _,
          ConfigValue.Date _,
          ConfigValue.Sequence _ ->
          Optional.empty();
    };
  }

  /** A pattern such as {@code example.com/api/*}; a wildcard host names no single address. */
  private static Optional<URI> fromPattern(String pattern) {
    var bare = pattern.replaceFirst("^https?://", "").replaceFirst("\\*$", "");
    if (bare.isEmpty() || bare.contains("*")) {
      return Optional.empty();
    }
    var withPath = bare.contains("/") ? bare : bare + "/";
    return parsed("https://" + withPath.substring(0, withPath.lastIndexOf('/') + 1));
  }

  private static Optional<URI> parsed(String address) {
    try {
      return Optional.of(URI.create(address));
    } catch (IllegalArgumentException malformed) {
      return Optional.empty();
    }
  }
}
