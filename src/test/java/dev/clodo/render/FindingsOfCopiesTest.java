package dev.clodo.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.assess.CapabilityAssessmentEngine;
import dev.clodo.discover.ServiceAutoDiscovery;
import dev.clodo.model.Account;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.FailOn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found of a copy is told in every format, though the workspace has no such Worker. */
class FindingsOfCopiesTest {
  private static final String COPY = "web-beta-example-com";

  @TempDir Path folder;

  @Test
  void areToldInEveryFormat() throws IOException {
    Files.writeString(
        folder.resolve("wrangler.toml"),
        """
        name = "web"
        main = "index.js"
        compatibility_date = "2026-11-01"
        [[kv_namespaces]]
        binding = "CACHE"
        id = "0123456789abcdef0123456789abcdef"
        """);
    Files.writeString(folder.resolve("index.js"), "export default { fetch() {} };\n");
    Files.writeString(
        folder.resolve("clodo.yaml"),
        "domains:\n  acme.example.com: {}\n  beta.example.com: { kv: { CACHE: nonsense } }\n");
    var inventory = new ServiceAutoDiscovery().discover(folder, EnvironmentName.TOP_LEVEL);
    var assessment =
        new CapabilityAssessmentEngine()
            .assess(inventory, Account.unseen("Offline"), LocalDate.of(2026, 11, 20));
    assertThat(assessment.ready()).isFalse();
    assertThat(assessment.judged()).extracting(s -> s.name().value()).containsExactly("web", COPY);

    var all = List.of(assessment);
    assertThat(AssessmentText.render(assessment, Palette.PLAIN, false)).contains(COPY, "nonsense");
    assertThat(AssessmentMarkdown.of(all, folder)).contains(COPY, "nonsense");
    assertThat(JUnitXml.of(all, FailOn.ERROR, folder)).contains(COPY, "nonsense", "failures=\"1\"");
    assertThat(AssessmentJson.render(assessment)).contains(COPY, "nonsense");
  }
}
