package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.clodo.model.Finding.StopsAt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class CatalogueTest {
  private static final Path SPECIFICATION = Path.of("../shared/checks/catalogue.json");

  @Test
  void knowsEachCheckUnderTheIdAndSeverityOfItsSpecification() throws IOException {
    Assumptions.assumeTrue(Files.exists(SPECIFICATION), "the specification is not here");
    Map<String, String> specified = new HashMap<>();
    for (JsonNode row : new ObjectMapper().readTree(SPECIFICATION.toFile())) {
      specified.put(row.path("id").asText(), row.path("severity").asText());
    }
    for (var check : Catalogue.CHECKS) {
      if (check.id().group().equals(ClodoChecks.GROUP)) {
        continue;
      }
      var severity = check.severity().name().toLowerCase(Locale.ROOT).replace('_', '-');
      assertThat(specified).as("specified").containsEntry(check.id().value(), severity);
    }
  }

  @Test
  void yieldsOnlyToChecksThatExist() {
    var ids = Catalogue.CHECKS.stream().map(Check::id).collect(Collectors.toSet());
    for (var check : Catalogue.CHECKS) {
      assertThat(ids).as("what %s yields to", check.id()).containsAll(check.yieldsTo());
    }
  }

  @Test
  void saysWhereEachCheckIsExplainedAndWhoWouldStopIt() {
    for (var check : Catalogue.CHECKS) {
      assertThat(check.docs()).startsWith("https://");
      switch (check.severity()) {
        case ERROR ->
            assertThat(check.stopsAt())
                .as("%s", check.id())
                .isIn(StopsAt.CLODO, StopsAt.CONFIG, StopsAt.BUILD, StopsAt.UPLOAD);
        case ERROR_PROD ->
            assertThat(check.stopsAt()).as("%s", check.id()).isEqualTo(StopsAt.PRODUCTION);
        case WARNING, ADVICE ->
            assertThat(check.stopsAt()).as("%s", check.id()).isEqualTo(StopsAt.NONE);
      }
    }
  }
}
