package dev.clodo.adapter.cloudflare;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** The beginning of an answer's body; what follows is not read. */
final class FirstPart implements HttpResponse.BodySubscriber<String> {
  private final int most;
  private final ByteArrayOutputStream read = new ByteArrayOutputStream();
  private final CompletableFuture<String> whole = new CompletableFuture<>();
  private final CompletableFuture<Flow.Subscription> source = new CompletableFuture<>();

  /**
   * @param most bytes that are kept
   */
  FirstPart(int most) {
    this.most = most;
  }

  /** What came up to now. */
  synchronized String soFar() {
    return read.toString(StandardCharsets.UTF_8);
  }

  @Override
  public CompletionStage<String> getBody() {
    return whole;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    source.complete(subscription);
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> parts) {
    if (keep(parts)) {
      whole.complete(soFar());
      source.join().cancel();
    }
  }

  /** Whether there is enough now. */
  private synchronized boolean keep(List<ByteBuffer> parts) {
    for (var part : parts) {
      var bytes = new byte[Math.min(part.remaining(), most - read.size())];
      part.get(bytes);
      read.writeBytes(bytes);
    }
    return read.size() >= most;
  }

  @Override
  public void onError(Throwable failure) {
    whole.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    whole.complete(soFar());
  }
}
