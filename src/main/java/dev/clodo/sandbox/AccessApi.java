package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Who is calling: tokens, the user, accounts and memberships.
final class AccessApi {
  /// What the platform tells; the sandbox's own tokens last until it ends or is reset.
  private static final Duration LOGIN_LIFETIME = Duration.ofHours(1);

  private final Account account;
  private final Access access;

  AccessApi(Account account, Access access) {
    this.account = account;
    this.access = access;
  }

  void enter(Routes routes, RoutesConfig config) {
    // Outside the API: the platform's is at another host.
    config.post("/oauth2/token", this::refresh);
    var anyone = routes.needing("");
    anyone.get("/accounts", call -> Answer.page(call, List.of(account())));
    anyone.get(Routes.A, call -> Answer.of(account()));
    routes.open().get("/user/tokens/verify", this::verify);
    routes.open().get(Routes.A + "/tokens/verify", this::verify);
    routes.needing("Memberships").get("/memberships", this::memberships);
    routes.needing("User Details").get("/user", call -> Answer.of(user()));
  }

  /// Answers for tokens that are not active too, so it checks them itself.
  private Answer verify(Call call) {
    var token =
        access
            .token(call.header("Authorization"))
            .orElseThrow(() -> ApiError.of(401, 1000, "Invalid API Token"));
    var result = Json.object().put("id", token.id()).put("status", token.status());
    var envelope = Envelope.success(result, MissingNode.getInstance());
    if (token.isActive()) {
      envelope
          .putArray("messages")
          .addObject()
          .put("code", 10000)
          .put("message", "This API Token is valid and active")
          .putNull("type");
    }
    return Answer.json(envelope);
  }

  /// The only grant that needs no browser, in the words of RFC 6749.
  private void refresh(Context ctx) {
    var json = Json.object();
    if (!"refresh_token".equals(ctx.formParam("grant_type"))) {
      json.put("error", "unsupported_grant_type");
      json.put("error_description", "a login through a browser is not available in the sandbox");
      ctx.status(400);
    } else {
      access
          .refresh(Optional.ofNullable(ctx.formParam("refresh_token")).orElse(""))
          .ifPresentOrElse(
              login ->
                  json.put("access_token", login.accessToken())
                      .put("expires_in", LOGIN_LIFETIME.toSeconds())
                      .put("refresh_token", login.refreshToken())
                      .put("scope", "account:read workers:write offline_access")
                      .put("token_type", "bearer"),
              () -> {
                json.put("error", "invalid_grant");
                ctx.status(400);
              });
    }
    ctx.contentType("application/json").result(json.toString());
  }

  private ObjectNode account() {
    var json = Json.object();
    json.put("id", account.id()).put("name", account.name()).put("type", "standard");
    json.putObject("settings").put("enforce_twofactor", false);
    return json;
  }

  private ObjectNode user() {
    return Json.object().put("id", account.userId()).put("email", account.email());
  }

  private Answer memberships(Call call) {
    var membership = Json.object();
    membership.put("id", account.userId()).put("status", "accepted");
    membership.set("account", account());
    membership.putArray("roles").add("Super Administrator - All Privileges");
    return Answer.page(call, List.of(membership));
  }
}
