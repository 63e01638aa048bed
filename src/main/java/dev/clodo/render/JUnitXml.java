package dev.clodo.render;

import dev.clodo.model.Assessment;
import dev.clodo.model.FailOn;
import dev.clodo.model.Finding;
import dev.clodo.model.Finding.Scope;
import dev.clodo.model.Finding.Verdict;
import dev.clodo.model.Service;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Assessments as a JUnit report: a suite for each service, a test case for each finding. One that
 * is reason to fail is a failure, one that could not be told is skipped, the others pass with what
 * they have to say as output.
 */
public final class JUnitXml {
  private final FailOn failOn;
  private final Path base;

  private JUnitXml(FailOn failOn, Path base) {
    this.failOn = failOn;
    this.base = base;
  }

  /** The whole document. Paths in it are relative to {@code base}. */
  public static String of(List<Assessment> assessments, FailOn failOn, Path base) {
    var writer = new JUnitXml(failOn, base);
    var suites = new ArrayList<Suite>();
    assessments.forEach(a -> suites.addAll(writer.suites(a)));
    var xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.append("<testsuites name=\"clodo\"")
        .append(writer.failures(suites.stream().flatMap(s -> s.cases().stream()).toList()))
        .append(">\n");
    suites.forEach(s -> writer.suite(xml, s));
    return xml.append("</testsuites>\n").toString();
  }

  private record Suite(String name, List<Finding> findings) {
    /** A suite is never empty, since some readers take an empty one for a failure. */
    List<Finding> cases() {
      return findings;
    }
  }

  private List<Suite> suites(Assessment assessment) {
    var suites = new ArrayList<Suite>();
    var workspace = about(assessment, new Scope.OfWorkspace());
    if (!workspace.isEmpty() || assessment.inventory().services().isEmpty()) {
      suites.add(new Suite("workspace", workspace));
    }
    for (var service : assessment.judged()) {
      var scope = new Scope.OfService(service.name(), service.environment());
      suites.add(new Suite(name(service), about(assessment, scope)));
    }
    return suites;
  }

  private static List<Finding> about(Assessment assessment, Scope scope) {
    return assessment.findings().stream().filter(f -> f.scope().equals(scope)).toList();
  }

  private static String name(Service service) {
    return service.environment().isTopLevel()
        ? service.name().value()
        : service.name() + " (" + service.environment() + ")";
  }

  private void suite(StringBuilder xml, Suite suite) {
    xml.append("  <testsuite name=\"")
        .append(escaped(suite.name()))
        .append('"')
        .append(counts(suite.cases()))
        .append(">\n");
    suite.cases().forEach(f -> testCase(xml, suite, f));
    if (suite.cases().isEmpty()) {
      xml.append("    <testcase classname=\"")
          .append(escaped(suite.name()))
          .append("\" name=\"nothing found\" time=\"0\"/>\n");
    }
    xml.append("  </testsuite>\n");
  }

  private void testCase(StringBuilder xml, Suite suite, Finding finding) {
    var subject = finding.subject().isEmpty() ? "" : " " + finding.subject();
    xml.append("    <testcase classname=\"")
        .append(escaped(suite.name()))
        .append("\" name=\"")
        .append(escaped(finding.check() + subject))
        .append("\" time=\"0\">\n");
    var message = escaped(finding.message());
    if (finding.verdict() == Verdict.UNKNOWN) {
      xml.append("      <skipped message=\"").append(message).append("\"/>\n");
    } else if (failOn.by(finding)) {
      xml.append("      <failure message=\"")
          .append(message)
          .append("\" type=\"")
          .append(word(finding))
          .append("\">")
          .append(escaped(whole(finding)))
          .append("</failure>\n");
    } else {
      xml.append("      <system-out>")
          .append(escaped(word(finding) + ": " + whole(finding)))
          .append("</system-out>\n");
    }
    xml.append("    </testcase>\n");
  }

  private String whole(Finding finding) {
    return Places.full(base, finding.where())
        + "\n"
        + finding.message()
        + "\nFix: "
        + Prose.remedy(finding, base)
        + "\nSee: "
        + finding.docs();
  }

  /** What the root element may say, which by Jenkins' schema does not count what is skipped. */
  private String failures(List<Finding> findings) {
    return " tests=\"%d\" failures=\"%d\" errors=\"0\" time=\"0\""
        .formatted(Math.max(1, findings.size()), findings.stream().filter(failOn::by).count());
  }

  private String counts(List<Finding> findings) {
    long skipped = findings.stream().filter(f -> f.verdict() == Verdict.UNKNOWN).count();
    return failures(findings) + " skipped=\"%d\"".formatted(skipped);
  }

  private static String word(Finding finding) {
    return finding.severity().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Text for an element or an attribute; what XML can't carry becomes U+FFFD. */
  static String escaped(String text) {
    var xml = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '&' -> xml.append("&amp;");
            case '<' -> xml.append("&lt;");
            case '>' -> xml.append("&gt;");
            case '"' -> xml.append("&quot;");
            case '\n' -> xml.append("&#10;");
            default -> xml.appendCodePoint(allowed(c) ? c : 0xFFFD);
          }
        });
    return xml.toString();
  }

  private static boolean allowed(int c) {
    return c == '\t' || (c >= 0x20 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) || c >= 0x10000;
  }
}
