package dev.clodo.adapter.cloudflare;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** A server on loopback that answers what a test prepared and notes what it was asked. */
final class FakeApi implements AutoCloseable {
  /** What is sent back; the last one prepared for a request is sent again and again. */
  record Answer(int status, String body, Map<String, String> headers) {
    static Answer ok(String result) {
      return new Answer(
          200,
          "{\"success\":true,\"errors\":[],\"messages\":[],\"result\":" + result + "}",
          Map.of());
    }

    static Answer no(int status, int code, String message) {
      return new Answer(
          status,
          "{\"success\":false,\"errors\":[{\"code\":%d,\"message\":\"%s\"}],\"result\":null}"
              .formatted(code, message),
          Map.of());
    }

    Answer with(String header, String value) {
      return new Answer(status, body, Map.of(header, value));
    }

    /** Takes the request and closes the connection without a word. */
    static Answer silence() {
      return new Answer(0, "", Map.of());
    }
  }

  private final HttpServer server;
  private final Map<String, List<Answer>> prepared = new LinkedHashMap<>();
  final List<String> asked = new CopyOnWriteArrayList<>();
  final List<String> bodies = new CopyOnWriteArrayList<>();
  final List<String> tokens = new CopyOnWriteArrayList<>();

  FakeApi() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  String base() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The answers to {@code METHOD /path?query}, in turn. */
  FakeApi on(String request, Answer... answers) {
    synchronized (prepared) {
      prepared.put(request, new ArrayList<>(List.of(answers)));
    }
    return this;
  }

  private void handle(HttpExchange exchange) throws IOException {
    var request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    asked.add(request);
    tokens.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
    bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    var answer = next(request);
    if (answer.status() == 0) {
      exchange.close();
      throw new UncheckedIOException(new IOException("silence, as the test wants"));
    }
    answer.headers().forEach(exchange.getResponseHeaders()::set);
    var bytes = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(answer.status(), bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private Answer next(String request) {
    synchronized (prepared) {
      var answers = prepared.get(request);
      if (answers == null) {
        return Answer.no(404, 7003, "nothing prepared for " + request.replace("\"", ""));
      }
      return answers.size() == 1 ? answers.getFirst() : answers.removeFirst();
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
