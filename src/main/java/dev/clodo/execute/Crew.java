package dev.clodo.execute;

import dev.clodo.execute.Errand.Came;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The threads that go on errands, as many as are under way, and the one place where they leave what
 * they have to say. They are threads of the platform, because reading what wrangler prints would
 * hold the carriers of virtual ones.
 */
final class Crew implements AutoCloseable {
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().daemon().name("clodo-release-", 0).factory());
  private final BlockingQueue<Word> inbox = new LinkedBlockingQueue<>();
  private boolean isInterrupted;

  /** What comes back. */
  private sealed interface Word {
    record Back(Came came) implements Word {}

    record Told(Notice notice) implements Word {}
  }

  void send(Errand errand, Supplier<Came> work) {
    threads.execute(() -> {
      try {
        inbox.add(new Word.Back(work.get()));
      } catch (Error mistake) {
        // Nobody would hear of it in this thread, and the run would wait for ever.
        var what = new IllegalStateException(String.valueOf(mistake), mistake);
        inbox.add(new Word.Back(new Came.Threw(errand.step(), what)));
      }
    });
  }

  /** For those on errands: told to the listener when its thread comes by. */
  void tell(Notice notice) {
    inbox.add(new Word.Told(notice));
  }

  /**
   * Waits until something came of an errand, and takes all that has come.
   *
   * @param interrupted is called on the first interrupt
   * @throws Stopped on a second interrupt
   */
  List<Came> await(Consumer<Notice> listener, Runnable interrupted) {
    var came = new ArrayList<Came>();
    var words = new ArrayList<Word>();
    while (came.isEmpty()) {
      words.clear();
      try {
        words.add(inbox.take());
      } catch (InterruptedException stop) {
        if (isInterrupted) {
          throw new Stopped("stopped in the middle; to carry on: clodo resume");
        }
        isInterrupted = true;
        interrupted.run();
      }
      inbox.drainTo(words);
      for (var word : words) {
        switch (word) {
          case Word.Back(var result) -> came.add(result);
          case Word.Told(var notice) -> listener.accept(notice);
        }
      }
    }
    return came;
  }

  /** Whoever is still on an errand is told to come home, and not waited for. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
