package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// What was called, oldest first. Bodies and headers are not noted, so that it holds no secrets.
final class Journal {
  /// Older entries are dropped.
  private static final int CAPACITY = 10_000;

  private final Deque<ObjectNode> entries = new ArrayDeque<>();
  private long last;

  synchronized void add(ObjectNode entry) {
    last++;
    entries.addLast(entry.put("n", last));
    if (entries.size() > CAPACITY) {
      entries.removeFirst();
    }
  }

  /// Entries behind the one with this number.
  synchronized List<ObjectNode> after(long number) {
    var result = new ArrayList<ObjectNode>();
    for (var entry : entries) {
      if (entry.path("n").asLong() > number) {
        result.add(entry.deepCopy());
      }
    }
    return result;
  }

  synchronized void clear() {
    entries.clear();
  }
}
