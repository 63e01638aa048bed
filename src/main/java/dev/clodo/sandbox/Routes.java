package dev.clodo.sandbox;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.io.IOException;

/// Where endpoints are entered: each one with the permission that it needs.
final class Routes {
  /// Every path of the API begins with this.
  static final String ROOT = "/client/v4";

  /// Every path that belongs to the account begins, below the root, with this.
  static final String A = "/accounts/{account}";

  private static final String OPEN = "(open)";

  private final RoutesConfig config;
  private final Access access;
  private final String accountId;

  Routes(RoutesConfig config, Access access, String accountId) {
    this.config = config;
    this.access = access;
    this.accountId = accountId;
  }

  /// Answers a call, or throws {@link ApiError}.
  @FunctionalInterface
  interface Endpoint {
    Answer answer(Call call) throws IOException;
  }

  /// Endpoints of one product.
  ///
  /// @param product the permission without its last word: `Workers Scripts`; empty if any token
  ///   will do
  Group needing(String product) {
    return new Group(product);
  }

  /// Endpoints that look at the request's token themselves.
  Group open() {
    return new Group(OPEN);
  }

  final class Group {
    private final String product;

    private Group(String product) {
      this.product = product;
    }

    void get(String path, Endpoint endpoint) {
      config.get(ROOT + path, handler(endpoint, false));
    }

    void post(String path, Endpoint endpoint) {
      config.post(ROOT + path, handler(endpoint, true));
    }

    /// A POST that changes nothing a permission protects.
    void ask(String path, Endpoint endpoint) {
      config.post(ROOT + path, handler(endpoint, false));
    }

    void put(String path, Endpoint endpoint) {
      config.put(ROOT + path, handler(endpoint, true));
    }

    void patch(String path, Endpoint endpoint) {
      config.patch(ROOT + path, handler(endpoint, true));
    }

    void delete(String path, Endpoint endpoint) {
      config.delete(ROOT + path, handler(endpoint, true));
    }

    private Handler handler(Endpoint endpoint, boolean writes) {
      return ctx -> {
        var call = new Call(ctx);
        if (!product.equals(OPEN)) {
          access.require(call, product, writes);
        }
        checkAccount(ctx);
        Envelope.write(ctx, endpoint.answer(call));
      };
    }
  }

  private void checkAccount(Context ctx) {
    var account = ctx.pathParamMap().getOrDefault("account", accountId);
    if (!account.matches("[0-9a-f]{32}")) {
      throw ApiError.couldNotRoute(ctx.path());
    }
    if (!account.equals(accountId)) {
      throw ApiError.unauthenticated();
    }
  }
}
