package dev.clodo.render;

import dev.clodo.model.Account;
import dev.clodo.model.Account.Live;
import dev.clodo.model.Deployment;
import dev.clodo.model.ListedVersion;
import dev.clodo.model.Looked;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.ServiceVersions;
import dev.clodo.model.Status;
import dev.clodo.model.UploadedVersion;
import dev.clodo.model.VersionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What serves now, who is at work, the last runs; and the versions one can go back to. */
public final class StatusText {
  /** With more copies of a service than this they are counted. */
  private static final int FEW_COPIES = 10;

  private StatusText() {}

  /**
   * What a person wants to know of a workspace.
   *
   * @param all whether each copy is told, however many a service has
   */
  public static String of(Status status, boolean all) {
    var text = new StringBuilder("Serving now\n");
    var rows = rows(status, all);
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
      if (each.looked() < each.versions().size()) {
        text.append(
            "  Of the newest %d it was looked whether they can serve again; name fewer services to look at more.\n"
                .formatted(each.looked()));
      }
    }
    return text.isEmpty() ? "No deployed services here.\n" : text.toString();
  }

  private static List<List<String>> rows(Status status, boolean all) {
    var copies = new TreeMap<ServiceName, List<Service>>();
    for (var service : status.inventory().released()) {
      copies.computeIfAbsent(service.copy().of(), _ -> new ArrayList<>()).add(service);
    }
    var rows = new ArrayList<List<String>>();
    copies.forEach((name, each) -> {
      if (all || each.size() <= FEW_COPIES) {
        each.forEach(s -> rows.add(serving(s, status)));
      } else {
        rows.add(counted(name, each, status.account()));
      }
    });
    return rows;
  }

  /** How the copies of one service stand together. */
  private static List<String> counted(ServiceName name, List<Service> copies, Account account) {
    int serving = 0;
    int absent = 0;
    var unknown = new ArrayList<String>();
    for (var copy : copies) {
      switch (account.live().get(copy.name())) {
        case Looked.Known<Live> _ -> serving++;
        case Looked.Unknown<Live>(var why, _) -> unknown.add(why);
        case null -> {
          switch (account.services()) {
            case Looked.Known<?> _ -> absent++;
            case Looked.Unknown<?>(var why, _) -> unknown.add(why);
          }
        }
      }
    }
    var parts = new ArrayList<String>();
    if (serving > 0) {
      parts.add(serving + " serve");
    }
    if (absent > 0) {
      parts.add(absent + " not deployed");
    }
    if (!unknown.isEmpty()) {
      parts.add(unknown.size() + " unknown: " + unknown.getFirst());
    }
    return List.of("%s for %d domains".formatted(name, copies.size()), String.join(", ", parts));
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
