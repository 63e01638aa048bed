package dev.clodo.sandbox.runtime;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A KV namespace as the REST API sees it: the same data that Workers read.
///
/// Metadata is JSON text, empty for none. An expiry of {@link Instant#MAX} means never.
public interface KvStore {

  Optional<Entry> get(String key);

  void put(String key, byte[] value, String metadata, Instant expiresAt);

  void delete(String key);

  /// Keys in order.
  ///
  /// @param limit 1 to 1000
  /// @param cursor from the page before, empty for the first
  Page list(String prefix, int limit, String cursor);

  /// Removes the namespace's data.
  void clear();

  /// A stored value.
  interface Entry {
    byte[] value();

    String metadata();

    Instant expiresAt();
  }

  record Key(String name, String metadata, Instant expiresAt) {}

  /// @param cursor of the next page; empty when this is the last
  record Page(List<Key> keys, String cursor) {
    public Page {
      keys = List.copyOf(keys);
    }
  }
}
