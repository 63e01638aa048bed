package dev.clodo.sandbox.runtime;

import java.util.Map;

/// A bucket in the storage process.
///
/// @param bucket as Workers' bindings name it
record StoredR2(Storage storage, String bucket) implements R2Bucket {

  @Override
  public boolean isEmpty() {
    return Storage.json(call("POST", "/count")).path("count").asLong() == 0;
  }

  @Override
  public void clear() {
    var _ = call("POST", "/clear");
  }

  private HttpCall.Answer call(String method, String path) {
    return storage.call("r2", bucket, method, path, Map.of(), new byte[0]);
  }
}
