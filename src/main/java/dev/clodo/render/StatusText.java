package dev.clodo.render;

import dev.clodo.model.Account.Live;
import dev.clodo.model.Deployment;
import dev.clodo.model.ListedVersion;
import dev.clodo.model.Looked;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceVersions;
import dev.clodo.model.Status;
import dev.clodo.model.UploadedVersion;
import dev.clodo.model.VersionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What serves now, who is at work, the last runs; and the versions one can go back to. */
public final class StatusText {
  private StatusText() {}

  public static String of(Status status) {
    var text = new StringBuilder("Serving now\n");
    var rows = status.inventory().services().stream().map(s -> serving(s, status)).toList();
    text.append(rows.isEmpty() ? "  no services here\n" : Words.table(rows, "  "));
    for (var lease : status.holders()) {
      text.append(
          "\nAt work: %s, until %s at the latest\n"
              .formatted(lease.holder(), Words.time(lease.expiresAt())));
    }
    text.append("\nLast runs\n");
    RunText.list(status.runs()).lines().forEach(l -> text.append("  ").append(l).append('\n'));
    return text.toString();
  }

  /** The versions of each service, the newest first, and which of them serves. */
  public static String versions(List<ServiceVersions> services) {
    var text = new StringBuilder();
    for (var each : services) {
      text.append(text.isEmpty() ? "" : "\n").append(Words.target(each.target())).append('\n');
      var rows = new ArrayList<List<String>>();
      for (var version : each.versions()) {
        rows.add(row(version, each.live()));
      }
      text.append(rows.isEmpty() ? "  no versions\n" : Words.table(rows, "  "));
    }
    return text.isEmpty() ? "No deployed services here.\n" : text.toString();
  }

  private static List<String> serving(Service service, Status status) {
    var name = Words.target(service.target());
    var account = status.account();
    return switch (account.live().get(service.name())) {
      case Looked.Known<Live>(var live) ->
          List.of(
              name,
              live.deployment().shares().stream()
                  .map(s -> percent(s.percent()) + " " + s.version().shortened())
                  .collect(Collectors.joining(", ")),
              "since " + Words.time(live.deployment().createdAt()),
              live.deployment().soleVersion().flatMap(v -> message(live, v)).orElse(""));
      case Looked.Unknown<Live>(var why, _) -> List.of(name, "unknown: " + why);
      case null ->
          List.of(
              name,
              switch (account.services()) {
                case Looked.Known<?> _ -> "not deployed";
                case Looked.Unknown<?>(var why, _) -> "unknown: " + why;
              });
    };
  }

  private static java.util.Optional<String> message(Live live, VersionId id) {
    return live.serving().stream()
        .filter(v -> v.id().equals(id))
        .map(UploadedVersion::message)
        .findFirst();
  }

  private static List<String> row(ListedVersion listed, Deployment live) {
    var version = listed.version();
    var share = share(live, version.id());
    return List.of(
        version.number() > 0 ? "#" + version.number() : "",
        version.id().value(),
        Words.time(version.createdAt()),
        state(listed.state()) + (share.isEmpty() ? "" : ", " + share),
        listed.health().isEmpty() ? "" : listed.health().replaceFirst(": .*", ""),
        listed.release().stream().map(r -> "run " + r).collect(Collectors.joining()),
        listed.why().isEmpty() ? version.message() : listed.why());
  }

  /** The word for a state, as JSON has it too. */
  static String state(ListedVersion.State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  private static String share(Deployment live, VersionId version) {
    double percent = live.percentOf(version);
    return percent > 0 ? "serves " + percent(percent) : "";
  }

  private static String percent(double percent) {
    return percent == Math.rint(percent)
        ? (long) percent + " %"
        : String.format(Locale.ROOT, "%.2f %%", percent);
  }
}
