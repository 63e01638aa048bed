package dev.clodo.sandbox.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpInputTest {

  /// Hands out the bytes in pieces of random size, as a network does.
  private static InputStream pieces(byte[] bytes, Random random) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] into, int offset, int length) {
        return super.read(into, offset, Math.min(length, 1 + random.nextInt(700)));
      }
    };
  }

  private static HttpInput of(String text) {
    return new HttpInput(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  @Test
  void bodiesComeThroughWhateverTheirFramingAndPieces() throws IOException {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    var random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      var body = new byte[random.nextInt(60_000)];
      random.nextBytes(body);
      var message = new ByteArrayOutputStream();
      boolean chunked = random.nextBoolean();
      message.write(
          ("POST / HTTP/1.1\r\n"
                  + (chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + body.length)
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      if (chunked) {
        for (int at = 0; at < body.length; ) {
          int size = Math.min(body.length - at, 1 + random.nextInt(20_000));
          message.write(
              (Integer.toHexString(size) + ";x=y\r\n").getBytes(StandardCharsets.US_ASCII));
          message.write(body, at, size);
          message.write("\r\n".getBytes(StandardCharsets.US_ASCII));
          at += size;
        }
        message.write("0\r\nTrailer: t\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      } else {
        message.write(body);
      }
      message.write("GET /next HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

      var read = new HttpInput(pieces(message.toByteArray(), random));
      var head = read.head().orElseThrow();
      assertThat(read.body(HttpInput.ofRequest(head), 60_000)).isEqualTo(body);
      assertThat(read.head().orElseThrow().target()).isEqualTo("/next");
      assertThat(read.head()).isEmpty();

      // A copy keeps the framing, so reading the copy gives the body again.
      var copied = new HttpInput(pieces(message.toByteArray(), random));
      var framing = HttpInput.ofRequest(copied.head().orElseThrow());
      var copy = new ByteArrayOutputStream();
      copied.copy(framing, copy);
      assertThat(new HttpInput(new ByteArrayInputStream(copy.toByteArray())).body(framing, 60_000))
          .isEqualTo(body);
    }
  }

  @Test
  void repeatedFieldsAreOneListAndNamesHaveNoCase() throws IOException {
    var head = of("GET / HTTP/1.1\r\nA: 1\r\nb:x\r\na:  2 \r\n\r\n").head().orElseThrow();
    assertThat(head.get("a")).isEqualTo("1, 2");
    assertThat(head.has("B")).isTrue();
    head.set("A", "3");
    assertThat(new String(head.bytes(), StandardCharsets.US_ASCII))
        .isEqualTo("GET / HTTP/1.1\r\nb: x\r\nA: 3\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\nA: 1",
        "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc",
        "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
      })
  void whatIsNoWholeMessageFails(String text) {
    assertThatThrownBy(
            () -> {
              var in = of(text);
              var _ = in.body(HttpInput.ofRequest(in.head().orElseThrow()), 1000);
            })
        .isInstanceOf(IOException.class);
  }

  @Test
  void aBodyBeyondItsLimitIsRefused() {
    assertThatThrownBy(() -> of("").body(new HttpInput.Framing.Length(11), 10))
        .hasMessage("body too large");
  }

  @Test
  void startupMessageIsTheFirstComplaintWithoutWorkerdsOwnNames() {
    assertThat(
            StartupMessage.of(
                List.of(
                    "The compatibility flag x became the default.",
                    "service v3: Uncaught SyntaxError: Unexpected end of input",
                    "  at index.js:2",
                    "Socket \"inspect\" refers to service \"v3\"")))
        .isEqualTo("Uncaught SyntaxError: Unexpected end of input\n  at index.js:2");
    assertThat(StartupMessage.of(List.of("config.capnp:1: broken")))
        .isEqualTo("config.capnp:1: broken");
  }
}
