package dev.clodo.sandbox;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Who may do what: the sandbox's own token may do everything; a test can make tokens that may
/// less.
final class Access {
  private final String ownToken;
  private final String ownId;
  private final Map<String, Token> others = new ConcurrentHashMap<>();
  private final Set<String> refreshTokens = ConcurrentHashMap.newKeySet();

  Access(String ownToken, String ownId) {
    this.ownToken = ownToken;
    this.ownId = ownId;
  }

  /// What a token allows.
  sealed interface Grant {
    record Everything() implements Grant {}

    /// @param permissions names as Cloudflare lists them: `Workers Scripts Read`, `D1 Write`
    record Only(Set<String> permissions) implements Grant {
      public Only {
        permissions = Set.copyOf(permissions);
      }
    }
  }

  /// @param status `active`, `disabled` or `expired`
  record Token(String id, String status, Grant grant) {
    boolean isActive() {
      return status.equals("active");
    }

    /// Write permissions include reading.
    boolean allows(String product, boolean writes) {
      return switch (grant) {
        case Grant.Everything() -> true;
        case Grant.Only(Set<String> permissions) ->
            permissions.contains(product + " Write")
                || (!writes && permissions.contains(product + " Read"));
      };
    }
  }

  /// Makes a token and returns its text.
  String issue(List<String> permissions, String status) {
    var text = Ids.token();
    others.put(text, new Token(Ids.hex(), status, new Grant.Only(Set.copyOf(permissions))));
    return text;
  }

  /// What a login gives: a token that may do everything, and one that gets the next login.
  record Login(String accessToken, String refreshToken) {}

  Login logIn() {
    var login = new Login(Ids.token(), Ids.token());
    others.put(login.accessToken(), new Token(Ids.hex(), "active", new Grant.Everything()));
    refreshTokens.add(login.refreshToken());
    return login;
  }

  /// The next login; each refresh token is good for one. Empty if this one is not good.
  Optional<Login> refresh(String refreshToken) {
    return refreshTokens.remove(refreshToken) ? Optional.of(logIn()) : Optional.empty();
  }

  void forgetIssued() {
    others.clear();
    refreshTokens.clear();
  }

  boolean isOwn(Optional<String> authorization) {
    return authorization.filter(("Bearer " + ownToken)::equals).isPresent();
  }

  /// The token of a request, active or not.
  Optional<Token> token(Optional<String> authorization) {
    if (isOwn(authorization)) {
      return Optional.of(new Token(ownId, "active", new Grant.Everything()));
    }
    return authorization
        .filter(header -> header.startsWith("Bearer "))
        .flatMap(header -> Optional.ofNullable(others.get(header.substring("Bearer ".length()))));
  }

  /// @throws ApiError 9106 without a token, 10000 for a token that is wrong or lacks the
  ///   permission; the platform does not tell these two apart
  void require(Call call, String product, boolean writes) {
    var authorization = call.header("Authorization");
    if (authorization.isEmpty()) {
      throw ApiError.of(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers");
    }
    var token = token(authorization).filter(Token::isActive);
    if (token.isEmpty() || !(product.isEmpty() || token.get().allows(product, writes))) {
      throw ApiError.unauthenticated();
    }
  }
}
