package dev.clodo.adapter.cloudflare;

import com.fasterxml.jackson.databind.ObjectMapper;

/** Apart, since a mapper takes long to make and an assessment of files alone needs none. */
final class Json {
  static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}
}
