package dev.clodo.render;

import dev.clodo.model.Account.Access;
import dev.clodo.model.Assessment;
import dev.clodo.model.Binding;
import dev.clodo.model.CheckId;
import dev.clodo.model.Edge;
import dev.clodo.model.Explanation;
import dev.clodo.model.Finding;
import dev.clodo.model.Finding.Scope;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.Verdict;
import dev.clodo.model.Inventory;
import dev.clodo.model.Remedy;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An assessment as one HTML file that needs nothing else: it asks no network, runs only its own
 * script, and can be read without it.
 */
public final class HtmlReport {
  /** Causes that are seen without a click. */
  private static final int FIRST_CAUSES = 6;

  /** Rows of the chart of kinds; the rest is told in the list of what to mend. */
  private static final int MOST_KINDS = 7;

  /** Services that a cause names before it only counts them. */
  private static final int MOST_NAMES = 12;

  /** With more cards than this, the first sight is a list and not a wall. */
  private static final int OPEN_CARDS = 6;

  /** A service with more findings has one problem, and it is not the last hundred of them. */
  private static final int MOST_FINDINGS = 200;

  private final Assessment assessment;
  private final Map<CheckId, Explanation> explanations;
  private final String version;
  private final Instant at;
  private final Path root;
  private final Map<Scope, List<Finding>> byScope;
  private final Map<ServiceName, TreeSet<String>> needs = new HashMap<>();
  private final Map<ServiceName, TreeSet<String>> neededBy = new HashMap<>();
  private final List<Cause> causes;
  private final StringBuilder out = new StringBuilder(1 << 16);

  private HtmlReport(
      Assessment assessment, Collection<Explanation> explanations, String version, Instant at) {
    this.assessment = assessment;
    this.explanations =
        explanations.stream().collect(Collectors.toMap(Explanation::check, Function.identity()));
    this.version = version;
    this.at = at;
    this.root = assessment.inventory().root();
    this.byScope =
        assessment.findings().stream()
            .filter(f -> f.verdict() == Verdict.FAIL)
            .collect(Collectors.groupingBy(Finding::scope));
    for (Edge edge : assessment.inventory().edges()) {
      needs.computeIfAbsent(edge.from(), _ -> new TreeSet<>()).add(edge.to().value());
      neededBy.computeIfAbsent(edge.to(), _ -> new TreeSet<>()).add(edge.from().value());
    }
    this.causes = Cause.ranked(assessment);
  }

  /**
   * The whole document.
   *
   * @param explanations of the checks that the findings name
   * @param version of Clodo
   * @param at when the assessment was made
   */
  public static String of(
      Assessment assessment, Collection<Explanation> explanations, String version, Instant at) {
    return new HtmlReport(assessment, explanations, version, at).document();
  }

  private String document() {
    var style = resource("report.css");
    var script = resource("report.js");
    out.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ")
        .append("img-src data:; base-uri 'none'; form-action 'none'; style-src '")
        .append(digest(style))
        .append("'; script-src '")
        .append(digest(script))
        .append("'\">\n")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .append("<meta name=\"referrer\" content=\"no-referrer\">\n")
        .append("<title>")
        .append(text((assessment.ready() ? "Ready" : "Not ready") + ": " + workspace()))
        .append(" – Clodo</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>")
        .append(style)
        .append("</style>\n</head>\n<body>\n");
    out.append("<a class=\"skip\" href=\"#main\">Skip to the findings</a>\n").append(symbols());
    header();
    out.append("<main id=\"main\" class=\"wrap\">\n");
    hero();
    causes();
    services();
    unknown();
    suppressed();
    out.append("</main>\n");
    footer();
    out.append("<script>").append(script).append("</script>\n</body>\n</html>\n");
    return out.toString();
  }

  // -- the parts of the page, from the top --------------------------------------------------------

  private void header() {
    out.append("<header class=\"top\"><div class=\"wrap\"><span class=\"brand\">")
        .append(icon("mark", ""))
        .append("Clodo</span><span class=\"where\"><b>")
        .append(text(workspace()))
        .append("</b>");
    environments().ifPresent(e -> out.append(" · ").append(text(e)));
    out.append(" · <time datetime=\"")
        .append(at)
        .append("\">")
        .append(Words.time(at).replace("Z", " UTC"))
        .append("</time></span>\n")
        .append(
            "<button type=\"button\" class=\"btn quiet js\" id=\"theme\" aria-pressed=\"false\" aria-label=\"Dark theme\" hidden>")
        .append(icon("theme", ""))
        .append("<span class=\"word\">Theme</span></button>\n")
        .append(
            "<button type=\"button\" class=\"btn quiet js\" id=\"keys\" aria-haspopup=\"dialog\" aria-label=\"Keyboard shortcuts\" hidden>")
        .append("<kbd>?</kbd><span class=\"word\">Keys</span></button></div></header>\n");
  }

  private void hero() {
    var counts = Counts.of(assessment);
    int score = Score.of(assessment);
    var mood = mood(score);
    out.append("<section aria-labelledby=\"verdict\">\n<div class=\"hero\">\n");
    out.append("<div class=\"card\"><div class=\"verdict\">\n").append(ring(score, mood));
    out.append("<div><h1 id=\"verdict\" class=\"")
        .append(assessment.ready() ? "is-good" : "is-bad")
        .append("\">")
        .append(assessment.ready() ? "Ready" : "Not ready")
        .append("</h1><p>")
        .append(text(found(counts)))
        .append("</p></div></div>\n<dl class=\"facts\">");
    fact("Services", number(assessment.inventory().services().size()));
    fact("Checks made", number(assessment.checksRun()));
    fact("Suppressed", number(assessment.suppressed().size()));
    fact("Not answered", number(assessment.checksUnknown()));
    longFact("Looked at", looked());
    longFact("Cloudflare account", asked(assessment.account().access()));
    out.append("</dl>\n<details class=\"formula\"><summary>How the score is made</summary><p>")
        .append(
            "A service starts with 100 points and loses %d for each error, %d for each warning and %d for each advice, down to 0. "
                .formatted(Score.ERROR, Score.WARNING, Score.ADVICE))
        .append(
            "The workspace has the mean of its services, less the same for each finding about no single service, and at most %d while anything blocks a deploy. What is unknown costs nothing."
                .formatted(Score.NOT_READY))
        .append("</p></details></div>\n");
    severities();
    kinds();
    out.append("</div>\n</section>\n");
  }

  /** How many services are blocked, to be looked at, or fine. */
  private void standing() {
    var services = assessment.judged();
    int blocked = 0;
    int odd = 0;
    for (var service : services) {
      var findings = byScope.getOrDefault(Score.scope(service), List.of());
      if (findings.stream().anyMatch(Finding::blocks)) {
        blocked++;
      } else if (findings.stream().anyMatch(f -> f.severity() == Severity.WARNING)) {
        odd++;
      }
    }
    int fine = services.size() - blocked - odd;
    double full = Math.max(1, services.size()) / 100.0;
    out.append("<div class=\"second\"><h2>Services</h2>")
        .append(
            "<svg class=\"bar slim\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">")
        .append("<rect class=\"fill-none\" width=\"100\" height=\"10\"/>")
        .append(rect("error", 0, blocked / full))
        .append(rect("warning", blocked / full, odd / full))
        .append(rect("good", (blocked + odd) / full, fine / full))
        .append("</svg><ul class=\"tally\">");
    tally("error", blocked, "blocked");
    tally("warning", odd, "to look at");
    tally("good", fine, "fine");
    out.append("</ul></div>");
  }

  private void tally(String mark, int n, String what) {
    out.append("<li>")
        .append(icon(mark, mark))
        .append(number(n))
        .append(' ')
        .append(what)
        .append("</li>");
  }

  private static String rect(String fill, double x, double width) {
    return width == 0
        ? ""
        : String.format(
            Locale.ROOT,
            "<rect class=\"fill-%s\" x=\"%.2f\" width=\"%.2f\" height=\"10\"/>",
            fill,
            x,
            width);
  }

  private static String found(Counts counts) {
    var parts = new ArrayList<String>();
    if (counts.errors() > 0) {
      parts.add(Counts.counted(counts.errors(), "error", "errors"));
    }
    if (counts.warnings() > 0) {
      parts.add(Counts.counted(counts.warnings(), "warning", "warnings"));
    }
    if (counts.advice() > 0) {
      parts.add(counts.advice() + " advice");
    }
    if (parts.isEmpty()) {
      return "Nothing found.";
    }
    return String.join(", ", parts)
        + (counts.errors() == 0
            ? "; nothing blocks a deploy."
            : counts.errors() == 1 ? "; it blocks a deploy." : "; the errors block a deploy.");
  }

  private void longFact(String name, String value) {
    out.append("<div class=\"long\"><dt>")
        .append(name)
        .append("</dt><dd>")
        .append(text(value))
        .append("</dd></div>");
  }

  private void fact(String name, String value) {
    out.append("<div><dt>")
        .append(name)
        .append("</dt><dd>")
        .append(text(value))
        .append("</dd></div>");
  }

  private String looked() {
    return assessment.stages().stream()
        .map(s ->
            switch (s) {
              case STATIC -> "files";
              case ONLINE -> "account";
              case BUILD -> "build";
              case RUN -> "start";
            })
        .collect(Collectors.joining(", "));
  }

  private static String asked(Access access) {
    return switch (access) {
      case ACCEPTED -> "asked";
      case OFFLINE -> "not asked (offline)";
      case NO_CREDENTIALS -> "not asked: no API token";
      case REJECTED -> "the API token is refused";
      case UNREACHABLE -> "did not answer";
    };
  }

  private static String ring(int score, String mood) {
    return """
    <svg class="ring" viewBox="0 0 132 132" role="img" aria-label="Score: %d of 100">\
    <circle class="track" cx="66" cy="66" r="57" fill="none" stroke-width="11"/>\
    <circle class="%s" cx="66" cy="66" r="57" fill="none" stroke-width="11" stroke-linecap="%s" pathLength="100" stroke-dasharray="%d 100" transform="rotate(-90 66 66)"/>\
    <text x="66" y="74" text-anchor="middle">%d</text><text class="of" x="66" y="92" text-anchor="middle">of 100</text></svg>
    """
        .formatted(score, mood, score == 0 ? "butt" : "round", score, score);
  }

  private static String mood(int score) {
    return score >= 90 ? "is-good" : score > Score.NOT_READY ? "is-fair" : "is-bad";
  }

  private void severities() {
    out.append("<div class=\"card\"><h2>By severity</h2>");
    var parts = new LinkedHashMap<Weight, Integer>();
    for (var weight : Weight.values()) {
      parts.put(
          weight, (int) assessment.findings().stream().filter(f -> Weight.of(f) == weight).count());
    }
    out.append(bar("big bar", parts, Math.max(1, assessment.findings().size())));
    out.append("<ul class=\"legend\">");
    parts.forEach((weight, n) ->
        out.append("<li>")
            .append(icon(weight.word(), weight.word()))
            .append("<span>")
            .append(weight.title)
            .append("</span><b>")
            .append(number(n))
            .append("</b></li>"));
    out.append("</ul>");
    standing();
    out.append("</div>\n");
  }

  private void kinds() {
    var kinds = new LinkedHashMap<String, Map<Weight, Integer>>();
    for (var finding : assessment.findings()) {
      if (finding.verdict() == Verdict.FAIL) {
        kinds
            .computeIfAbsent(finding.check().group(), _ -> new LinkedHashMap<>())
            .merge(Weight.of(finding), 1, Integer::sum);
      }
    }
    var rows =
        kinds.entrySet().stream()
            .sorted(
                Comparator.comparingInt(
                        (Map.Entry<String, Map<Weight, Integer>> e) -> total(e.getValue()))
                    .reversed()
                    .thenComparing(Map.Entry::getKey))
            .toList();
    int most = rows.isEmpty() ? 1 : total(rows.getFirst().getValue());
    out.append("<div class=\"card\"><h2>By kind</h2>");
    if (rows.isEmpty()) {
      out.append("<p class=\"faint\">Nothing found.</p>");
    }
    out.append("<ul class=\"kinds\">");
    for (var row : rows.subList(0, Math.min(MOST_KINDS, rows.size()))) {
      out.append("<li><button type=\"button\" disabled aria-pressed=\"false\" data-k=\"")
          .append(row.getKey())
          .append("\"><span class=\"name\">")
          .append(row.getKey())
          .append("</span>")
          .append(bar("bar", row.getValue(), most))
          .append("<span class=\"n\">")
          .append(number(total(row.getValue())))
          .append("</span></button></li>");
    }
    out.append("</ul>");
    if (rows.size() > MOST_KINDS) {
      out.append("<p class=\"faint small\">and ")
          .append(Counts.counted(rows.size() - MOST_KINDS, "more kind", "more kinds"))
          .append("</p>");
    }
    out.append("</div>\n");
  }

  private static int total(Map<Weight, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** A bar of stacked parts; {@code full} of them fill it. */
  private static String bar(String style, Map<Weight, Integer> parts, int full) {
    var svg = new StringBuilder("<svg class=\"").append(style);
    svg.append("\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
    svg.append("<rect class=\"fill-none\" width=\"100\" height=\"10\"/>");
    double x = 0;
    for (var weight : Weight.values()) {
      int n = parts.getOrDefault(weight, 0);
      if (n > 0) {
        double width = 100.0 * n / full;
        svg.append(rect(weight.word(), x, width));
        x += width;
      }
    }
    return svg.append("</svg>").toString();
  }

  private void causes() {
    if (causes.isEmpty()) {
      return;
    }
    out.append(
            "<section aria-labelledby=\"first\">\n<div class=\"head\"><h2 id=\"first\">Mend these first</h2>")
        .append("<p>The worst, then the widest. Each is one thing to understand.</p></div>\n")
        .append("<div class=\"card causes\"><ol>");
    for (int i = 0; i < causes.size(); i++) {
      if (i == FIRST_CAUSES) {
        out.append("</ol><details class=\"more\"><summary>")
            .append(causes.size() - FIRST_CAUSES)
            .append(" more</summary><ol>");
      }
      cause(causes.get(i));
    }
    out.append(causes.size() > FIRST_CAUSES ? "</ol></details></div>\n" : "</ol></div>\n");
    out.append("</section>\n");
  }

  private void cause(Cause cause) {
    var weight = Weight.of(cause.findings().getFirst());
    var explanation = Optional.ofNullable(explanations.get(cause.check()));
    boolean explained =
        explanation.orElse(null) instanceof Explanation.Checked e && !e.problem().isEmpty();
    var said =
        explanation
            .map(Explanation::problem)
            .filter(p -> !p.isEmpty())
            .map(Prose::firstSentence)
            .map(Html::line)
            .orElseGet(() -> text(cause.findings().getFirst().message()));
    out.append("<li class=\"cause\"><details id=\"")
        .append(cause.check())
        .append("\"><summary>")
        .append(icon(weight.word(), weight.word()))
        .append("<span><span class=\"gone\">")
        .append(weight.title)
        .append(": </span><span class=\"id\">")
        .append(cause.check())
        .append("</span><span class=\"say")
        .append(explained ? " again" : "")
        .append("\">")
        .append(said)
        .append("</span></span><span class=\"span\">")
        .append(spread(cause))
        .append("</span>")
        .append(CHEVRON)
        .append("</summary><div class=\"inner\">");
    if (explanation.orElse(null) instanceof Explanation.Checked c && !c.problem().isEmpty()) {
      out.append("<div class=\"prose\">").append(Html.prose(c.problem())).append("</div>");
      part("How to mend it", c.mend());
      part("How Clodo sees it", c.detected());
    }
    example(cause);
    places(cause);
    out.append("<div class=\"todo\"><button type=\"button\" class=\"btn small js\" data-only=\"")
        .append(cause.check())
        .append("\" hidden>Show these findings</button><a class=\"small\" href=\"")
        .append(text(cause.findings().getFirst().docs()))
        .append("\" rel=\"noreferrer\">Background</a></div></div></details></li>\n");
  }

  /** A remedy that is the same everywhere can be done at once. */
  private void example(Cause cause) {
    var remedies = cause.findings().stream().map(Finding::remedy).distinct().toList();
    if (remedies.size() == 1) {
      out.append("<h4>What to do</h4>").append(remedy(cause.findings().getFirst()));
    }
  }

  private void places(Cause cause) {
    var names =
        cause.findings().stream()
            .flatMap(f -> f.service().stream())
            .map(ServiceName::value)
            .distinct()
            .toList();
    if (names.isEmpty()) {
      return;
    }
    out.append("<h4>Where</h4><div class=\"tags small\">");
    names.stream()
        .limit(MOST_NAMES)
        .forEach(n -> out.append("<span class=\"tag\">").append(text(n)).append("</span>"));
    if (names.size() > MOST_NAMES) {
      out.append("<span class=\"faint\">and ")
          .append(number(names.size() - MOST_NAMES))
          .append(" more</span>");
    }
    out.append("</div>");
  }

  private void part(String title, String markdown) {
    if (!markdown.isEmpty()) {
      out.append("<h4>")
          .append(title)
          .append("</h4><div class=\"prose\">")
          .append(Html.prose(markdown))
          .append("</div>");
    }
  }

  private static String spread(Cause cause) {
    int findings = cause.findings().size();
    if (cause.services() == 0) {
      return "workspace";
    }
    return Counts.counted(cause.services(), "service", "services")
        + (findings > cause.services() ? ", " + findings + " places" : "");
  }

  private void services() {
    var services = worstFirst();
    out.append(
        "<section id=\"services\" aria-labelledby=\"each\">\n<div class=\"head\"><h2 id=\"each\">Services</h2></div>\n");
    tools();
    out.append("<div id=\"list\">\n");
    var workspace = byScope.getOrDefault(new Scope.OfWorkspace(), List.of());
    if (!workspace.isEmpty()) {
      card("The workspace as a whole", "", "", Optional.empty(), workspace, true);
    }
    for (var service : services) {
      var findings = byScope.getOrDefault(Score.scope(service), List.of());
      boolean open = services.size() <= OPEN_CARDS && findings.stream().anyMatch(Finding::blocks);
      card(
          service.name().value(),
          service.environment().value(),
          Places.relative(root, service.config()),
          Optional.of(service),
          findings,
          open);
    }
    out.append(
        "</div>\n<p class=\"card none\" id=\"empty\" hidden>Nothing matches.</p>\n</section>\n");
  }

  private List<Service> worstFirst() {
    return assessment.judged().stream()
        .sorted(
            Comparator.comparing((Service s) ->
                    byScope.getOrDefault(Score.scope(s), List.of()).stream()
                        .noneMatch(Finding::blocks))
                .thenComparingInt(s -> Score.of(byScope.getOrDefault(Score.scope(s), List.of())))
                .thenComparing(s -> s.name().value()))
        .toList();
  }

  private void tools() {
    out.append("<div class=\"tools js\" role=\"search\" aria-label=\"Findings\" hidden>\n")
        .append(
            "<div class=\"search\"><label class=\"gone\" for=\"q\">Search services and findings</label>")
        .append(
            "<input type=\"search\" id=\"q\" placeholder=\"Search services and findings\" autocomplete=\"off\" spellcheck=\"false\"><kbd>/</kbd></div>\n")
        .append("<fieldset class=\"sevs\"><legend class=\"gone\">Severity</legend>");
    for (var weight : Weight.values()) {
      if (weight != Weight.UNKNOWN
          && assessment.findings().stream().anyMatch(f -> Weight.of(f) == weight)) {
        out.append("<label class=\"sev\"><input class=\"gone\" type=\"checkbox\" value=\"")
            .append(weight.word())
            .append("\">")
            .append(icon(weight.word(), weight.word()))
            .append(weight.title)
            .append("</label>");
      }
    }
    out.append(
        "</fieldset>\n<label class=\"gone\" for=\"kind\">Kind</label><select id=\"kind\"><option value=\"\">Every kind</option>");
    var groups = new TreeSet<String>();
    causes.forEach(c -> groups.add(c.check().group()));
    groups.forEach(g -> option(g, g));
    out.append(
        "</select>\n<label class=\"gone\" for=\"show\">Services shown</label><select id=\"show\">");
    option("all", "All services");
    option("found", "With findings");
    out.append("</select>\n<label class=\"gone\" for=\"sort\">Order</label><select id=\"sort\">");
    option("worst", "Worst first");
    option("name", "By name");
    out.append(
            "</select></div>\n<div class=\"status js\" hidden><span id=\"count\" role=\"status\"></span>")
        .append("<button type=\"button\" class=\"btn small\" id=\"all\">Open or close all</button>")
        .append(
            "<button type=\"button\" class=\"btn small\" id=\"clear\" hidden>Clear filters</button></div>\n");
  }

  private void option(String value, String title) {
    out.append("<option value=\"").append(value).append("\">").append(title).append("</option>");
  }

  private void card(
      String name,
      String environment,
      String path,
      Optional<Service> service,
      List<Finding> findings,
      boolean open) {
    int score = Score.of(findings);
    var worst = findings.stream().map(Weight::of).min(Comparator.naturalOrder());
    var mark = worst.map(Weight::word).orElse("good");
    out.append("<details class=\"card svc\" data-n=\"").append(text(name)).append('"');
    service.ifPresent(s ->
        out.append(" data-b=\"")
            .append(
                text(
                    s.bindings().stream()
                        .map(Binding::name)
                        .collect(Collectors.joining(" "))
                        .toLowerCase(Locale.ROOT)))
            .append('"'));
    out.append(open ? " open>" : ">")
        .append("<summary>")
        .append(icon(mark, mark))
        .append("<span class=\"title\"><h3>")
        .append(text(name))
        .append("</h3>");
    if (!environment.isEmpty()) {
      out.append("<span class=\"env\">").append(text(environment)).append("</span>");
    }
    if (!path.isEmpty()) {
      out.append("<span class=\"path mono\">").append(text(path)).append("</span>");
    }
    out.append("</span><span class=\"chips\">").append(chips(findings)).append("</span>");
    out.append("<span class=\"points ")
        .append(findings.stream().anyMatch(Finding::blocks) ? "is-bad" : mood(score))
        .append("\"><span class=\"gone\">Score </span>")
        .append(score)
        .append("</span>")
        .append(CHEVRON)
        .append("</summary>");
    service.ifPresent(this::about);
    if (!findings.isEmpty()) {
      out.append("<ul>");
      findings.stream().limit(MOST_FINDINGS).forEach(this::finding);
      out.append("</ul>");
    }
    if (findings.size() > MOST_FINDINGS) {
      out.append("<p class=\"none\">and ")
          .append(number(findings.size() - MOST_FINDINGS))
          .append(" more</p>");
    }
    out.append("</details>\n");
  }

  private static String chips(List<Finding> findings) {
    var chips = new StringBuilder();
    for (var weight : Weight.values()) {
      long n = findings.stream().filter(f -> Weight.of(f) == weight).count();
      if (n > 0) {
        chips
            .append("<span class=\"")
            .append(weight.word())
            .append("\">")
            .append(icon(weight.word(), ""))
            .append(n)
            .append("<span class=\"gone\"> ")
            .append(weight.title)
            .append("</span></span>");
      }
    }
    return chips.isEmpty() ? "<span class=\"faint\">nothing found</span>" : chips.toString();
  }

  private void about(Service service) {
    out.append("<dl class=\"about\"><dt>Kind</dt><dd>")
        .append(
            switch (service.kind()) {
              case WORKER -> "Worker";
              case PAGES -> "Pages project";
            })
        .append("</dd>");
    if (!service.bindings().isEmpty()) {
      out.append("<dt>Bindings</dt><dd class=\"tags\">");
      for (var binding : service.bindings()) {
        out.append("<span class=\"tag\"><i>")
            .append(text(type(binding)))
            .append("</i> ")
            .append(text(binding.name()))
            .append("</span>");
      }
      out.append("</dd>");
    }
    tags("Needs", needs.get(service.name()));
    tags("Needed by", neededBy.get(service.name()));
    out.append("</dl>");
  }

  private void tags(String title, @Nullable Collection<String> names) {
    if (names == null) {
      return;
    }
    out.append("<dt>").append(title).append("</dt><dd class=\"tags\">");
    names.forEach(n -> out.append("<span class=\"tag\">").append(text(n)).append("</span>"));
    out.append("</dd>");
  }

  private static String type(Binding binding) {
    return switch (binding) {
      case Binding.Kv _ -> "KV";
      case Binding.D1 _ -> "D1";
      case Binding.R2 _ -> "R2";
      case Binding.Queue _ -> "queue";
      case Binding.ServiceRef _ -> "service";
      case Binding.DurableObject _ -> "durable object";
      case Binding.Assets _ -> "assets";
      case Binding.Variable _ -> "variable";
      case Binding.Secret _ -> "secret";
      case Binding.Other o -> o.type().replace('_', ' ');
    };
  }

  private void finding(Finding finding) {
    var weight = Weight.of(finding);
    out.append("<li class=\"f\" data-s=\"")
        .append(weight.word())
        .append("\" data-k=\"")
        .append(finding.check().group())
        .append("\" data-c=\"")
        .append(finding.check())
        .append("\">")
        .append(icon(weight.word(), weight.word()))
        .append("<div><p class=\"m\"><b class=\"")
        .append(weight.word())
        .append("\">")
        .append(weight.title)
        .append("</b> ")
        .append(text(finding.message()))
        .append("</p><p class=\"at\">");
    if (Places.isFile(root, finding.where())) {
      out.append("<span class=\"mono\">")
          .append(text(Places.full(root, finding.where())))
          .append("</span> · ");
    }
    out.append("<a href=\"#")
        .append(finding.check())
        .append("\">")
        .append(finding.check())
        .append("</a></p>")
        .append(remedy(finding))
        .append("</div></li>\n");
  }

  private String remedy(Finding finding) {
    return "<div class=\"fix\">"
        + switch (finding.remedy()) {
          case Remedy.Command(var command, var in) -> {
            var folder = Places.relative(root, in);
            yield "<code class=\"cmd\">"
                + text(command)
                + "</code>"
                + (folder.equals(".")
                    ? ""
                    : "<span class=\"faint small\">in " + text(folder) + "</span>");
          }
          case Remedy.Edit(var where, var instead, var written, var _) ->
              "<span>"
                  + (instead.isEmpty()
                      ? "Insert "
                      : "Replace <code>" + text(instead.strip()) + "</code> by ")
                  + "</span><code class=\"cmd\">"
                  + text(written.strip())
                  + "</code>"
                  + (where.equals(finding.where())
                      ? ""
                      : "<span class=\"faint small\">at "
                          + text(Places.full(root, where))
                          + "</span>");
          case Remedy.Advice(var advice) -> "<span>" + text(advice) + "</span>";
        }
        + "</div>";
  }

  private void unknown() {
    var unknown =
        assessment.findings().stream().filter(f -> f.verdict() == Verdict.UNKNOWN).toList();
    if (unknown.isEmpty()) {
      return;
    }
    out.append(
        "<section id=\"unknown\" aria-labelledby=\"unsure\"><div class=\"head\"><h2 id=\"unsure\">Not checked</h2><p>Neither wrong nor right: it could not be told.</p></div>\n<div class=\"card\"><ul>");
    for (var finding : unknown) {
      out.append("<li class=\"f\">")
          .append(icon("unknown", "unknown"))
          .append("<div><p class=\"m\">")
          .append(text(finding.message()))
          .append("</p>")
          .append(remedy(finding))
          .append("</div></li>\n");
    }
    out.append("</ul></div></section>\n");
  }

  private void suppressed() {
    if (assessment.suppressed().isEmpty()) {
      return;
    }
    out.append(
        "<section aria-labelledby=\"silenced\"><div class=\"head\"><h2 id=\"silenced\">Suppressed</h2><p>Somebody said not to show these. They cost no points.</p></div>\n<div class=\"card\"><ul>");
    for (var one : assessment.suppressed()) {
      var finding = one.finding();
      out.append("<li class=\"f\">")
          .append(icon("unknown", "unknown"))
          .append("<div><p class=\"m\"><b>")
          .append(finding.check())
          .append("</b> ")
          .append(text(finding.message()))
          .append("</p><p class=\"at\">by <span class=\"mono\">")
          .append(text(Places.full(root, one.by())))
          .append("</span>")
          .append(one.reason().isEmpty() ? "" : ": " + text(one.reason()))
          .append("</p></div></li>\n");
    }
    out.append("</ul></div></section>\n");
  }

  private void footer() {
    out.append("<footer><div class=\"wrap\"><p>Made by Clodo ")
        .append(text(version))
        .append(" at ")
        .append(Words.time(at).replace("Z", " UTC"))
        .append(" from the files of the workspace")
        .append(
            assessment.account().access() == Access.ACCEPTED
                ? " and what the account answered"
                : "")
        .append(". This page asks nothing of the network.</p></div></footer>\n")
        .append(
            "<dialog id=\"help\" aria-labelledby=\"keysTitle\"><h2 id=\"keysTitle\">Keyboard shortcuts</h2><dl>");
    key("/", "search");
    key("Esc", "in the search: clear every filter");
    key("j", "next service");
    key("k", "previous service");
    key("Enter", "open or close the service");
    key("o", "open or close all");
    key("c", "clear every filter");
    key("t", "light or dark");
    key("?", "this list");
    out.append(
            "</dl><label><input type=\"checkbox\" id=\"shortcuts\" checked> Shortcuts are on</label>")
        .append("<form method=\"dialog\"><button class=\"btn\">Close</button></form></dialog>\n");
  }

  private void key(String key, String what) {
    out.append("<dt><kbd>").append(key).append("</kbd></dt><dd>").append(what).append("</dd>");
  }

  // -- what the parts are made of -----------------------------------------------------------------

  /** How a finding is drawn. */
  private enum Weight {
    ERROR("Error"),
    ERROR_PROD("Error in production"),
    WARNING("Warning"),
    ADVICE("Advice"),
    UNKNOWN("Unknown");

    private final String title;

    Weight(String title) {
      this.title = title;
    }

    static Weight of(Finding finding) {
      return finding.verdict() == Verdict.UNKNOWN ? UNKNOWN : of(finding.severity());
    }

    static Weight of(Severity severity) {
      return switch (severity) {
        case ERROR -> ERROR;
        case ERROR_PROD -> ERROR_PROD;
        case WARNING -> WARNING;
        case ADVICE -> ADVICE;
      };
    }

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private static final String CHEVRON =
      "<svg class=\"chev\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><use href=\"#i-chev\"/></svg>";

  /** Severities differ in shape as well as in colour. */
  private static String symbols() {
    return """
    <svg hidden aria-hidden="true"><defs>
    <symbol id="i-mark" viewBox="0 0 24 24"><path fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round" d="M12 2.8 20 6v5.6c0 4.6-3.2 8-8 9.6-4.8-1.6-8-5-8-9.6V6z M8.3 11.8l2.6 2.6 4.9-5"/></symbol>
    <symbol id="i-theme" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.5"/><path fill="currentColor" d="M8 1.8a6.2 6.2 0 0 1 0 12.4z"/></symbol>
    <symbol id="i-chev" viewBox="0 0 16 16"><path fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" d="m6 3.5 4.5 4.5L6 12.5"/></symbol>
    <symbol id="i-error" viewBox="0 0 16 16"><path fill="currentColor" d="M5 1h6l4 4v6l-4 4H5l-4-4V5z"/><path stroke="var(--card)" stroke-width="1.8" stroke-linecap="round" d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8"/></symbol>
    <symbol id="i-error-prod" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7.2" fill="currentColor"/><path fill="var(--card)" d="M8.9 2.9 4.6 8.9h2.9l-.5 4.2 4.4-6.1H8.4z"/></symbol>
    <symbol id="i-warning" viewBox="0 0 16 16"><path fill="currentColor" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round" d="M8 2 15 14H1z"/><path stroke="var(--card)" stroke-width="1.7" stroke-linecap="round" d="M8 6.4v3.2m0 2.3v.1"/></symbol>
    <symbol id="i-advice" viewBox="0 0 16 16"><rect x="1.4" y="1.4" width="13.2" height="13.2" rx="3" fill="none" stroke="currentColor" stroke-width="1.6"/><path stroke="currentColor" stroke-width="1.7" stroke-linecap="round" d="M8 7.4v4m0-6.8v.1"/></symbol>
    <symbol id="i-unknown" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.6" fill="none" stroke="currentColor" stroke-width="1.6" stroke-dasharray="2.6 1.9"/><path fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" d="M6.2 6.3a1.9 1.9 0 1 1 2.7 1.7c-.6.3-.9.7-.9 1.3m0 2v.1"/></symbol>
    <symbol id="i-good" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.8" fill="none" stroke="currentColor" stroke-width="1.6"/><path fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" d="m5.1 8.2 2 2 3.8-4.1"/></symbol>
    </defs></svg>
    """;
  }

  private static String icon(String name, String style) {
    return "<svg class=\"i"
        + (style.isEmpty() ? "" : " " + style)
        + "\" aria-hidden=\"true\"><use href=\"#i-"
        + name
        + "\"/></svg>";
  }

  private String workspace() {
    Inventory inventory = assessment.inventory();
    var name = inventory.root().getFileName();
    return name == null ? inventory.root().toString() : name.toString();
  }

  private Optional<String> environments() {
    var names =
        assessment.inventory().services().stream()
            .map(s -> s.environment().value())
            .filter(n -> !n.isEmpty())
            .distinct()
            .sorted()
            .toList();
    return names.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", names));
  }

  private static String number(int n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  private static String text(String text) {
    return Html.escaped(text);
  }

  private static String resource(String name) {
    return Resources.text(name)
        .orElseThrow(() -> new IllegalStateException(name + " is missing in Clodo's jar"))
        .strip();
  }

  /** What the page's security policy allows: this text and no other. */
  private static String digest(String text) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return "sha256-"
          + Base64.getEncoder()
              .encodeToString(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
