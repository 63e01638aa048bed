package dev.clodo.sandbox.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
final class OutboundTest {

  @TempDir static Path folder;
  private static LocalCloud cloud;
  private static HttpServer outside;

  @BeforeAll
  static void open() throws IOException {
    outside = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    outside.createContext(
        "/",
        exchange -> {
          var body = exchange.getRequestBody().readAllBytes();
          var text =
              exchange.getRequestMethod()
                  + " "
                  + exchange.getRequestURI()
                  + " "
                  + exchange.getRequestHeaders().getFirst("X-Mine")
                  + " "
                  + new String(body, StandardCharsets.UTF_8)
                  + exchange.getRequestHeaders().containsKey("X-Clodo-Token");
          exchange.sendResponseHeaders(201, text.length());
          exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
          exchange.close();
        });
    outside.start();
    cloud = new LocalCloud(folder);
    var _ =
        cloud
            .script(
                "reaching",
                "import { connect } from 'cloudflare:sockets'; export default { async fetch(r) {"
                    + " const to = new URL(r.url).searchParams.get('to'); try { if (to ==="
                    + " 'socket') { const s = connect('127.0.0.1:"
                    + outside.getAddress().getPort()
                    + "'); await s.opened; return new Response('open'); } const a = await fetch(to,"
                    + " {method: 'POST', body: 'hi', headers: {'X-Mine': 'm'}}); return new"
                    + " Response(a.status + ' ' + await a.text()); } catch (e) { return new"
                    + " Response('failed'); } } };")
            .deploy();
  }

  @AfterAll
  static void close() {
    cloud.close();
    outside.stop(0);
  }

  private static String reach(String address) {
    return cloud.get("reaching", "/?to=" + address).text();
  }

  @Test
  void addressesOutsideAreDeniedByName() {
    assertThat(reach("https://api.example.org/x"))
        .isEqualTo("403 The sandbox does not let Workers reach api.example.org.");
    assertThat(reach("http://127.0.0.1:" + outside.getAddress().getPort() + "/"))
        .isEqualTo("403 The sandbox does not let Workers reach 127.0.0.1.");
    assertThat(reach("socket")).isEqualTo("failed");
  }

  @Test
  void allowedHostsAreReached() {
    cloud.allowed.add("127.0.0.1");
    try {
      assertThat(reach("http://127.0.0.1:" + outside.getAddress().getPort() + "/a?b"))
          .isEqualTo("201 POST /a?b m hifalse");
    } finally {
      cloud.allowed.clear();
    }
  }

  @Test
  void addressesOfTheSandboxReachItsWorkers() {
    var _ =
        cloud
            .script(
                "neighbour",
                "export default { async fetch(r) { return new Response(r.method + ' ' + r.url + ' '"
                    + " + await r.text()); } };")
            .deploy();
    assertThat(reach("https://neighbour.example.com/p?q=1"))
        .isEqualTo("200 POST https://neighbour.example.com/p?q=1 hi");
  }
}
