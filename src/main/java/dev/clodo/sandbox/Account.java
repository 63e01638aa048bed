package dev.clodo.sandbox;

/// The one account of a sandbox and the one user in it.
///
/// @param id 32 hexadecimal digits
/// @param subdomain of workers.dev
record Account(String id, String name, String subdomain, String userId, String email) {

  /// The account that the state remembers, made up at the first start.
  static Account of(State state) {
    return new Account(
        state.setting("account.id", Ids::hex),
        "Clodo sandbox",
        state.setting("account.subdomain", () -> "sandbox"),
        state.setting("user.id", Ids::hex),
        "sandbox@example.com");
  }

  String workersDevHost(String script) {
    return script + "." + subdomain + ".workers.dev";
  }

  /// What follows a version's prefix or an alias in the host of a preview address.
  String previewSuffix(String script) {
    return "-" + workersDevHost(script);
  }
}
