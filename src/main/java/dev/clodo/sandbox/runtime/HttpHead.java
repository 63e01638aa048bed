package dev.clodo.sandbox.runtime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;

/// The start line and header fields of an HTTP/1.1 message, in the order they came.
final class HttpHead {

  private final String[] start;
  private final List<String> names = new ArrayList<>();
  private final List<String> values = new ArrayList<>();

  /// @param startLine three words: method, target and version, or version, status and reason
  HttpHead(String startLine) throws HttpInput.BadMessage {
    start = startLine.split(" ", 3);
    if (start.length < 2) {
      throw new HttpInput.BadMessage("not an HTTP message: " + startLine);
    }
  }

  String method() {
    return start[0];
  }

  /// As sent: a path, or a whole URL to a proxy, or a host and port of CONNECT.
  String target() {
    return start[1];
  }

  int status() throws HttpInput.BadMessage {
    try {
      return Integer.parseInt(start[1]);
    } catch (NumberFormatException e) {
      throw new HttpInput.BadMessage("not a status: " + start[1]);
    }
  }

  void add(String name, String value) {
    names.add(name);
    values.add(value);
  }

  /// The field's value, those of repeated fields joined with a comma; empty if it is absent.
  String get(String name) {
    String found = "";
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase(name)) {
        found = found.isEmpty() ? values.get(i) : found + ", " + values.get(i);
      }
    }
    return found;
  }

  boolean has(String name) {
    for (var each : names) {
      if (each.equalsIgnoreCase(name)) {
        return true;
      }
    }
    return false;
  }

  void remove(String name) {
    for (int i = names.size() - 1; i >= 0; i--) {
      if (names.get(i).equalsIgnoreCase(name)) {
        names.remove(i);
        values.remove(i);
      }
    }
  }

  void each(BiConsumer<String, String> field) {
    for (int i = 0; i < names.size(); i++) {
      field.accept(names.get(i), values.get(i));
    }
  }

  void set(String name, String value) {
    remove(name);
    add(name, value);
  }

  /// Whether a field that lists tokens, such as `Connection`, has this one.
  boolean lists(String name, String token) {
    for (var each : get(name).toLowerCase(Locale.ROOT).split(",", -1)) {
      if (each.strip().equals(token)) {
        return true;
      }
    }
    return false;
  }

  /// Whether the sender closes the connection after this message.
  boolean closes() {
    return lists("Connection", "close") || start[start.length - 1].equals("HTTP/1.0");
  }

  byte[] bytes() {
    var out = new StringBuilder(256).append(String.join(" ", start)).append("\r\n");
    for (int i = 0; i < names.size(); i++) {
      out.append(names.get(i)).append(": ").append(values.get(i)).append("\r\n");
    }
    return out.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
