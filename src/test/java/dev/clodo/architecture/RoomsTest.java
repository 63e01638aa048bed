package dev.clodo.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.clodo.Main;
import dev.clodo.port.Wrangler;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Holds the table of rooms in docs/ARCHITECTURE.md: who may know whom. */
class RoomsTest {
  private static final JavaClasses CLODO =
      new ClassFileImporter()
          .importUrl(Main.class.getProtectionDomain().getCodeSource().getLocation());

  /** What each room may import of Clodo, beside itself. The root and Main are treated apart. */
  private static final Map<String, Set<String>> MAY_IMPORT =
      Map.ofEntries(
          Map.entry("model", Set.of()),
          Map.entry("code", Set.of("model")),
          Map.entry("discover", Set.of("model", "code")),
          Map.entry("mend", Set.of("model")),
          Map.entry("assess", Set.of("model", "mend")),
          Map.entry("plan", Set.of("model")),
          Map.entry("govern", Set.of("model")),
          Map.entry("verify", Set.of("model")),
          Map.entry("record", Set.of("model")),
          Map.entry("port", Set.of("model")),
          Map.entry("execute", Set.of("model", "port", "record", "verify")),
          Map.entry("adapter", Set.of("model", "port")),
          Map.entry("render", Set.of("model")),
          Map.entry("cli", Set.of("model", "render", "sandbox")),
          Map.entry("dashboard", Set.of("model", "render")),
          Map.entry("sandbox", Set.of()),
          Map.entry("testing", Set.of("model", "port")));

  /** Rooms that speak to users through the Java API, so they see the root package. */
  private static final Set<String> FACES = Set.of("cli", "dashboard");

  private static final String[] PURE = {
    "dev.clodo.model..",
    "dev.clodo.code..",
    "dev.clodo.mend..",
    "dev.clodo.assess..",
    "dev.clodo.plan..",
    "dev.clodo.govern..",
    "dev.clodo.verify..",
    "dev.clodo.record..",
    "dev.clodo.render.."
  };

  @Test
  void everyRoomKnowsOnlyTheRoomsItMay() {
    var trespasses = new TreeSet<String>();
    for (JavaClass from : CLODO) {
      var room = roomOf(from);
      if (room.isEmpty()) {
        continue;
      }
      assertThat(MAY_IMPORT).as("the table of rooms").containsKey(room);
      var allowed = MAY_IMPORT.getOrDefault(room, Set.of());
      from.getDirectDependenciesFromSelf().stream()
          .map(d -> d.getTargetClass().getBaseComponentType())
          .filter(to -> to.getPackageName().startsWith("dev.clodo"))
          .forEach(to -> {
            var other = roomOf(to);
            boolean fine =
                other.equals(room)
                    || allowed.contains(other)
                    || (other.isEmpty() && FACES.contains(room) && !isMain(to));
            if (!fine) {
              trespasses.add(from.getName() + " -> " + to.getName());
            }
          });
    }
    assertThat(trespasses).isEmpty();
  }

  @Test
  void theRootKnowsNoAdapterAndNoFace() {
    noClasses()
        .that(resideInAPackage("dev.clodo").and(DescribedPredicate.not(mainOrItsParts())))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "dev.clodo.adapter..",
                "dev.clodo.cli..",
                "dev.clodo.dashboard..",
                "dev.clodo.sandbox.."))
        .check(CLODO);
  }

  @Test
  void nobodyKnowsMain() {
    noClasses()
        .that(DescribedPredicate.not(mainOrItsParts()))
        .should()
        .dependOnClassesThat(mainOrItsParts())
        .check(CLODO);
  }

  @Test
  void adaptersDoNotKnowEachOther() {
    slices()
        .matching("dev.clodo.adapter.(*)..")
        .should()
        .notDependOnEachOther()
        .allowEmptyShould(true)
        .check(CLODO);
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching("dev.clodo.(**)").should().beFreeOfCycles().check(CLODO);
  }

  @Test
  void pureRoomsDoNoInputOrOutput() {
    noClasses()
        .that(resideInAnyPackage(PURE).and(DescribedPredicate.not(readsOnlyWhatClodoBringsAlong())))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("java.io..", "java.net.http..", "java.sql..", "java.nio.channels..")
                .and(DescribedPredicate.not(harmless())))
        .orShould()
        .dependOnClassesThat(JavaClass.Predicates.equivalentTo(java.nio.file.Files.class))
        .allowEmptyShould(true)
        .check(CLODO);
  }

  @Test
  void theModelImportsOnlyTheJdk() {
    classes()
        .that()
        .resideInAPackage("dev.clodo.model..")
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage("java..", "dev.clodo.model..", "org.jspecify.annotations"))
        .check(CLODO);
  }

  @Test
  void timeEnvironmentAndProcessesComeThroughPorts() {
    var outside =
        noClasses()
            .that(
                DescribedPredicate.not(
                        resideInAnyPackage("dev.clodo.adapter..", "dev.clodo.sandbox.."))
                    .and(DescribedPredicate.not(mainOrItsParts())));
    outside.should().callMethod(Thread.class, "sleep", long.class).check(CLODO);
    outside.should().callMethod(System.class, "getenv").check(CLODO);
    outside.should().callMethod(System.class, "getenv", String.class).check(CLODO);
    outside
        .should()
        .dependOnClassesThat(JavaClass.Predicates.equivalentTo(ProcessBuilder.class))
        .check(CLODO);
    for (Class<?> time :
        List.of(Instant.class, LocalDate.class, LocalDateTime.class, ZonedDateTime.class)) {
      outside.should().callMethod(time, "now").check(CLODO);
    }
    outside
        .should()
        .dependOnClassesThat(JavaClass.Predicates.equivalentTo(Clock.class))
        .check(CLODO);
  }

  @Test
  void onlyTheExecutorChangesTheWorld() {
    noClasses()
        .that(
            DescribedPredicate.not(
                    resideInAnyPackage(
                        "dev.clodo.execute..",
                        "dev.clodo.adapter..",
                        "dev.clodo.port..",
                        "dev.clodo.testing.."))
                .and(DescribedPredicate.not(resideInAPackage("dev.clodo"))))
        .should()
        .dependOnClassesThat(JavaClass.Predicates.equivalentTo(Wrangler.class))
        .check(CLODO);
  }

  private static String roomOf(JavaClass c) {
    var rest = c.getPackageName().substring("dev.clodo".length());
    return rest.isEmpty() ? "" : rest.substring(1).split("\\.", 2)[0];
  }

  private static boolean isMain(JavaClass c) {
    return Set.of("Main", "Adapters", "Training")
        .contains(c.getName().replaceAll("^dev\\.clodo\\.|\\$.*", ""));
  }

  private static DescribedPredicate<JavaClass> mainOrItsParts() {
    return DescribedPredicate.describe("Main", RoomsTest::isMain);
  }

  /** A room's {@code Resources} reads files inside Clodo's own jar, which never change. */
  private static DescribedPredicate<JavaClass> readsOnlyWhatClodoBringsAlong() {
    return DescribedPredicate.describe(
        "Resources", c -> c.getSimpleName().equals("Resources") && c.getMethods().size() <= 4);
  }

  /** Serializable and the unchecked I/O wrappers say nothing about doing input or output. */
  private static DescribedPredicate<JavaClass> harmless() {
    return DescribedPredicate.describe(
        "harmless parts of java.io", c -> c.getName().equals("java.io.Serializable"));
  }
}
