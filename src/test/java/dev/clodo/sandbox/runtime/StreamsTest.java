package dev.clodo.sandbox.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What passes through the edge piece by piece.
@Tag("slow")
final class StreamsTest {

  @TempDir static Path folder;
  private static LocalCloud cloud;

  @BeforeAll
  static void open() {
    cloud = new LocalCloud(folder);
  }

  @AfterAll
  static void close() {
    cloud.close();
  }

  @Test
  void webSocketsPassThrough() throws Exception {
    var _ =
        cloud
            .script(
                "socket",
                "export default { fetch(r) { const [a, b] = Object.values(new WebSocketPair());"
                    + " b.accept(); b.addEventListener('message', e => b.send('echo ' + e.data));"
                    + " return new Response(null, {status: 101, webSocket: a}); } };")
            .deploy();
    var heard = new CompletableFuture<String>();
    try (var client = HttpClient.newHttpClient()) {
      var socket =
          client
              .newWebSocketBuilder()
              .header("X-Clodo-Host", "socket.example.com")
              .buildAsync(
                  URI.create("ws://127.0.0.1:" + cloud.runtime().edgePort() + "/"),
                  new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(
                        WebSocket from, CharSequence data, boolean last) {
                      heard.complete(data.toString());
                      return CompletableFuture.completedStage(data);
                    }
                  })
              .get(10, TimeUnit.SECONDS);
      var _ = socket.sendText("hi", true).get(10, TimeUnit.SECONDS);
      assertThat(heard.get(10, TimeUnit.SECONDS)).isEqualTo("echo hi");
      socket.abort();
    }
  }

  @Test
  void piecesOfAnAnswerArriveAsTheyAreWritten() throws Exception {
    var _ =
        cloud
            .script(
                "pieces",
                "export default { fetch() { const {readable, writable} = new TransformStream();"
                    + " const w = writable.getWriter(); (async () => { await w.write(new"
                    + " TextEncoder().encode('first')); await scheduler.wait(60000); await"
                    + " w.close(); })(); return new Response(readable); } };")
            .deploy();
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), cloud.runtime().edgePort())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              "GET / HTTP/1.1\r\nHost: pieces.example.com\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      var seen = new StringBuilder();
      while (seen.indexOf("first") < 0) {
        int next = socket.getInputStream().read();
        assertThat(next).isNotNegative();
        seen.append((char) next);
      }
      assertThat(seen.toString()).startsWith("HTTP/1.1 200 OK\r\n");
    }
  }

  @Test
  void aVisitorMayCloseAfterOneRequestOrSendSeveralAtOnce() throws Exception {
    var _ = cloud.script("plain", "export default { fetch: (r) => new Response(r.url) };").deploy();
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), cloud.runtime().edgePort())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              (request("/1", "") + request("/2", "Connection: close\r\n"))
                  .getBytes(StandardCharsets.US_ASCII));
      var all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(all)
          .containsSubsequence(
              "https://plain.example.com/1", "Connection: close", "https://plain.example.com/2");
    }
  }

  private static String request(String path, String more) {
    return "GET " + path + " HTTP/1.1\r\nHost: plain.example.com\r\n" + more + "\r\n";
  }

  @Test
  void headRequestsHaveNoBody() {
    var _ = cloud.script("heads", "export default { fetch: () => new Response('body') };").deploy();
    var answer = cloud.send("HEAD", "heads", "/", Map.of(), "");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).isEmpty();
    assertThat(cloud.get("heads", "/").text()).isEqualTo("body");
  }

  @Test
  void somethingOtherThanHttpEndsTheConnection() throws Exception {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), cloud.runtime().edgePort())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write("hello\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }
}
