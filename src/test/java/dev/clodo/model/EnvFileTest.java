package dev.clodo.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvFileTest {
  @Test
  void readsLinesAsWranglerDoes() {
    assertThat(
            EnvFile.parse(
                """
                \uFEFF# of the shop
                PLAIN = a value # said so
                export SINGLE='it # stays \\n'
                DOUBLE="one\\ntwo" # and this goes
                TICKS=`a "b" 'c'`
                KEY="-----BEGIN
                -----END"
                QUOTED="say \\"hi\\""
                BACK="ends with \\\\"
                OPEN="no end
                EMPTY=
                no line of this kind
                """))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "PLAIN", "a value",
                "SINGLE", "it # stays \\n",
                "DOUBLE", "one\ntwo",
                "TICKS", "a \"b\" 'c'",
                "KEY", "-----BEGIN\n-----END",
                "QUOTED", "say \\\"hi\\\"",
                "BACK", "ends with \\\\",
                "OPEN", "\"no end",
                "EMPTY", ""));
  }

  @Test
  void readsLongValues() {
    var value = "abc".repeat(100_000) + "a\\b".repeat(500);

    assertThat(EnvFile.parse("KEY='" + value + "'\n")).containsEntry("KEY", value);
  }
}
