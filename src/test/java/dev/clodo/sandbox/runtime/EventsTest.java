package dev.clodo.sandbox.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Queues and cron: handlers that no visitor calls.
@Tag("slow")
final class EventsTest {

  private static final Duration SOON = Duration.ofSeconds(20);

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

  private static QueueBroker.Consumer consumer(String script, int batch, int retries, String dead) {
    return new QueueBroker.Consumer(
        script, batch, Duration.ofMillis(50), retries, Duration.ZERO, dead);
  }

  @Test
  void messagesOfAProducerReachTheConsumerInBatches() throws Exception {
    var _ =
        cloud
            .script(
                "producer",
                "export default { async fetch(r, env) { await env.Q.send({n: 1}); await"
                    + " env.Q.send('text', {contentType: 'text'}); await env.Q.sendBatch([{body:"
                    + " new Date(0), contentType: 'v8'}, {body: new Uint8Array([7]), contentType:"
                    + " 'bytes'}]); return new Response('sent'); } };")
            .bind(new BindingSpec.Queue("Q", "jobs"))
            .deploy();
    var _ =
        cloud
            .script(
                "worker",
                "export default { fetch() {}, async queue(batch, env) { await env.KV.put('seen',"
                    + " JSON.stringify([batch.queue, batch.messages.map(m => [m.attempts, m.body"
                    + " instanceof Date ? 'date' : m.body instanceof Uint8Array ? [...m.body] :"
                    + " m.body])])); } };")
            .bind(new BindingSpec.Kv("KV", "seen"))
            .deploy();

    assertThat(cloud.get("producer", "/").text()).isEqualTo("sent");
    assertThat(cloud.runtime().queues().backlog("jobs")).isEqualTo(4);
    cloud.runtime().queues().consumer("jobs", consumer("worker", 4, 3, ""));

    assertThat(cloud.runtime().queues().awaitIdle("jobs", SOON)).isTrue();
    assertThat(text("seen", "seen"))
        .isEqualTo("[\"jobs\",[[1,{\"n\":1}],[1,\"text\"],[1,\"date\"],[1,[7]]]]");
  }

  @Test
  void failedMessagesComeAgainAndEndInTheDeadLetterQueue() throws Exception {
    var _ =
        cloud
            .script(
                "failing",
                "export default { async queue(batch, env) { for (const m of batch.messages) { await"
                    + " env.KV.put('attempt', String(m.attempts)); if (m.body === 'fine')"
                    + " m.ack(); else if (m.body === 'later') { if (m.attempts < 2)"
                    + " m.retry(); } else throw new Error('never'); } } };")
            .bind(new BindingSpec.Kv("KV", "attempts"))
            .deploy();
    var queues = cloud.runtime().queues();
    queues.consumer("hard", consumer("failing", 1, 2, "dead"));
    for (var body : new String[] {"fine", "later", "bad"}) {
      queues.send(
          "hard",
          QueueBroker.Message.of("text", body.getBytes(StandardCharsets.UTF_8), Duration.ZERO));
    }

    assertThat(queues.awaitIdle("hard", SOON)).isTrue();
    assertThat(queues.backlog("dead")).isEqualTo(1);
    assertThat(text("attempts", "attempt")).isEqualTo("3");
  }

  @Test
  void messagesOutliveTheSandbox(@TempDir Path own) throws Exception {
    try (var another = new LocalCloud(own)) {
      another
          .runtime()
          .queues()
          .send("kept", QueueBroker.Message.of("text", new byte[] {'a'}, Duration.ZERO));
      another.restart();
      assertThat(another.runtime().queues().backlog("kept")).isEqualTo(1);
      another.runtime().queues().delete("kept");
      assertThat(another.runtime().queues().backlog("kept")).isZero();
    }
  }

  @Test
  void scheduledRunsTheDeployedVersionAndTellsHowItEnded() {
    var version =
        cloud
            .script(
                "cron",
                "export default { async scheduled(c, env) { if (c.cron === 'bad') throw new"
                    + " Error('x'); await env.KV.put('ran', c.cron + ' ' + c.scheduledTime); } };")
            .bind(new BindingSpec.Kv("KV", "cron"))
            .deploy();

    var good =
        cloud.runtime().scheduled("cron", "*/5 * * * *", Instant.ofEpochMilli(1_700_000_000_000L));
    var bad = cloud.runtime().scheduled("cron", "bad", Instant.EPOCH);

    assertThat(good).isEqualTo(new ScheduledOutcome(version.versionId(), "ok", false));
    assertThat(text("cron", "ran")).isEqualTo("*/5 * * * * 1700000000000");
    assertThat(bad.outcome()).isEqualTo("exception");
  }

  private static String text(String namespace, String key) {
    return new String(
        cloud.runtime().kv(namespace).get(key).orElseThrow().value(), StandardCharsets.UTF_8);
  }
}
