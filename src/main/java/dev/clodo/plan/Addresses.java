package dev.clodo.plan;

import dev.clodo.model.Account;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.Looked;
import dev.clodo.model.Service;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the public addresses at which a service can be asked how it is; they end with a slash. */
final class Addresses {
  private Addresses() {}

  /**
   * Where a deployed service can be asked before its triggers are applied: its workers.dev address,
   * if that leads to it, else a route. A route is taken for an old one: an account tells nothing of
   * routes.
   */
  static Optional<URI> before(Service service, Account account) {
    if (service.isPages()) {
      return PagesProject.address(service, account);
    }
    boolean onWorkersDev =
        account.liveOf(service.name()).map(Account.Live::onWorkersDev).orElse(false);
    return onWorkersDev ? workersDev(service, account) : routed(service);
  }

  /**
   * Where a service can be asked when its configuration is applied: at its workers.dev address,
   * which needs no DNS of the user's, else at the first custom domain or route that names one host.
   */
  static Optional<URI> after(Service service, Account account) {
    if (service.isPages()) {
      return PagesProject.address(service, account);
    }
    boolean byDefault = routes(service.settings()).isEmpty();
    boolean wanted =
        service
            .settings()
            .get("workers_dev")
            .map(v -> v instanceof ConfigValue.Flag(var flag, _) ? flag : byDefault)
            .orElse(byDefault);
    return wanted ? workersDev(service, account).or(() -> routed(service)) : routed(service);
  }

  private static Optional<URI> workersDev(Service service, Account account) {
    return account.subdomainOf(service) instanceof Looked.Known<String>(var subdomain)
            && !subdomain.isEmpty()
        ? parsed("https://%s.%s.workers.dev/".formatted(service.name(), subdomain))
        : Optional.empty();
  }

  private static Optional<URI> routed(Service service) {
    return routes(service.settings()).stream().flatMap(r -> fromPattern(r).stream()).findFirst();
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
