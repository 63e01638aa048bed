package dev.clodo.sandbox.runtime;

import java.util.LinkedHashMap;
import java.util.Map;

/// Where a version's process finds the rest of the sandbox.
///
/// @param inner port of the {@link InnerServer}
/// @param storage port of the storage workerd
/// @param token proves that a request comes from a configuration and not from a Worker
/// @param newestDate the latest compatibility date that the workerd binary knows
/// @param objectKeys tells the storage key of a script's Durable Object class
record Surroundings(
    int inner, int storage, String token, String newestDate, ObjectKeys objectKeys) {

  /// Names the stored objects of another script's class.
  interface ObjectKeys {
    String keyOf(String script, String className);
  }

  static final String TOKEN = "X-Clodo-Token";
  static final String SERVICE = "X-Clodo-Service";

  String innerAddress() {
    return "127.0.0.1:" + inner;
  }

  String storageAddress() {
    return "127.0.0.1:" + storage;
  }

  /// Headers that name a service of the inner server or the storage, with its details.
  Map<String, String> service(String service, Map<String, String> details) {
    var headers = new LinkedHashMap<String, String>();
    headers.put(TOKEN, token);
    headers.put(SERVICE, service);
    headers.putAll(details);
    return headers;
  }
}
