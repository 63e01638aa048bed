package dev.clodo.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Spent;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SpentTextTest {
  @Test
  void saysWhatAskingHasCost() {
    assertThat(SpentText.of(new Spent(1204, 3, Duration.ofMillis(61_240))))
        .isEqualTo(
            "Asked Cloudflare 1,204 times, wrangler's requests not counted; 3 of them again; waited"
                + " 61.2 s for its limit.");
    assertThat(SpentText.json(new Spent(1204, 3, Duration.ofMillis(61_240))).toString())
        .isEqualTo("{\"requests\":1204,\"repeated\":3,\"waitedSeconds\":61.24}");
  }

  @Test
  void saysNothingOfWhatDidNotHappen() {
    assertThat(SpentText.of(new Spent(1, 0, Duration.ZERO)))
        .isEqualTo("Asked Cloudflare once, wrangler's requests not counted.");
    assertThat(SpentText.of(Spent.nothing())).isEmpty();
  }
}
