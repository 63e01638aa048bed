package dev.clodo.plan;

import static dev.clodo.fixture.Services.calls;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.fixture.Services;
import dev.clodo.model.Edge;
import dev.clodo.model.ServiceName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CallOrderTest {
  @Test
  void servicesThatCallNobodyComeTogether() {
    assertThat(levels("b a c")).isEqualTo("a b c");
  }

  @Test
  void aCalleeComesBeforeItsCaller() {
    assertThat(levels("web api db", calls("web", "api"), calls("api", "db")))
        .isEqualTo("db | api | web");
  }

  @Test
  void aCallerWaitsForItsSlowestCallee() {
    assertThat(
            levels(
                "web api auth db", calls("web", "api"), calls("web", "auth"), calls("api", "db")))
        .isEqualTo("auth db | api | web");
  }

  @Test
  void servicesThatCallEachOtherStayTogether() {
    assertThat(
            levels("a b c d", calls("a", "b"), calls("b", "a"), calls("c", "a"), calls("b", "d")))
        .isEqualTo("d | a+b | c");
  }

  @Test
  void aServiceThatCallsItselfIsNoCircle() {
    assertThat(levels("a", calls("a", "a"))).isEqualTo("a");
  }

  @Test
  void calleesOutsideTheWorkspaceDoNotMatter() {
    assertThat(levels("a", calls("a", "elsewhere"), calls("nobody", "a"))).isEqualTo("a");
  }

  @Test
  void theSameTwiceIsOrderedTheSame() {
    assertThat(levels("c b a", calls("a", "b"), calls("a", "c"), calls("a", "c")))
        .isEqualTo(levels("a b c", calls("a", "c"), calls("a", "b")));
  }

  @Test
  void noCallGoesToALaterLevelWhateverTheGraph() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    for (int graph = 0; graph < 300; graph++) {
      int n = 1 + random.nextInt(9);
      var names = IntStream.range(0, n).mapToObj(i -> "s" + i).collect(Collectors.toList());
      var edges = new ArrayList<Edge>();
      for (int i = random.nextInt(2 * n); i > 0; i--) {
        edges.add(calls(names.get(random.nextInt(n)), names.get(random.nextInt(n))));
      }
      Collections.shuffle(names, random);
      var levels = CallOrder.levels(names.stream().map(ServiceName::new).toList(), edges);
      var level = new HashMap<ServiceName, Integer>();
      var circle = new HashMap<ServiceName, CallOrder.Circle>();
      for (int i = 0; i < levels.size(); i++) {
        for (var c : levels.get(i)) {
          for (var member : c.members()) {
            level.put(member, i);
            circle.put(member, c);
          }
        }
      }
      assertThat(level).as("seed %d", seed).hasSize(n);
      for (var edge : edges) {
        if (!Objects.equals(circle.get(edge.from()), circle.get(edge.to()))) {
          assertThat(level.get(edge.to()))
              .as("%s, seed %d", edge, seed)
              .isLessThan(level.get(edge.from()));
        }
      }
    }
  }

  /** Levels parted by {@code |}, the members of a circle joined by {@code +}. */
  private static String levels(String services, Edge... edges) {
    return CallOrder.levels(
            Stream.of(services.split(" ")).map(Services::name).toList(), List.of(edges))
        .stream()
        .map(level ->
            level.stream()
                .map(c ->
                    c.members().stream().map(ServiceName::value).collect(Collectors.joining("+")))
                .collect(Collectors.joining(" ")))
        .collect(Collectors.joining(" | "));
  }
}
