package dev.clodo.adapter.cloudflare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.Inventory;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Which lists a look can bring, read from {@code look.json}: for each kind the address, how an item
 * is read, the permission that it takes, and the configuration keys that want it.
 */
final class Shelves {
  private Shelves() {}

  /**
   * One row of the data.
   *
   * @param per what there is a list of its own for: nothing, {@code worker}, {@code pages}
   *     (projects), {@code zone}, {@code deep zone}, {@code host}, or a configuration key whose
   *     values it is
   * @param path with {@code {account}} and {@code {}} to be filled in
   * @param pageSize how many items to ask for at once; 0 where the API gives all
   * @param wantedBy configuration keys, or {@code *} for always
   */
  record Shelf(
      ResourceKind kind,
      String per,
      String path,
      int pageSize,
      String list,
      String id,
      String name,
      Map<String, String> traits,
      String permission,
      List<String> wantedBy) {

    /** Whether anything in the workspace makes it worth asking. */
    boolean isWanted(Inventory wanted) {
      return wantedBy.contains("*")
          || (wantedBy.contains("custom domain") && Hosts.of(wanted).anyCustom())
          || wanted.released().stream()
              .anyMatch(s -> wantedBy.stream().anyMatch(key -> s.settings().get(key).isPresent()));
    }

    Resource resource(JsonNode item) {
      var found = new LinkedHashMap<String, String>();
      traits.forEach((key, how) -> {
        var value = value(item, how);
        if (!value.isEmpty()) {
          found.put(key, value);
        }
      });
      return new Resource(value(item, id), value(item, name), found);
    }
  }

  /** The one of a single Pages project. */
  static Shelf pagesProject() {
    return all().stream()
        .filter(s -> s.kind() == ResourceKind.PAGES_PROJECT)
        .findFirst()
        .orElseThrow();
  }

  /** Read when somebody looks: starting a command does not pay for it. */
  static List<Shelf> all() {
    return Held.ALL;
  }

  private static final class Held {
    static final List<Shelf> ALL = read();
  }

  private static List<Shelf> read() {
    try (var in = Shelves.class.getResourceAsStream("look.json")) {
      if (in == null) {
        throw new IllegalStateException("look.json is missing");
      }
      var shelves = new ArrayList<Shelf>();
      for (var row : new ObjectMapper().readTree(in).path("lists")) {
        var traits = new LinkedHashMap<String, String>();
        row.path("traits").properties().forEach(e -> traits.put(e.getKey(), e.getValue().asText()));
        var wantedBy = new ArrayList<String>();
        row.path("wantedBy").forEach(w -> wantedBy.add(w.asText()));
        shelves.add(
            new Shelf(
                ResourceKind.valueOf(row.path("kind").asText()),
                row.path("per").asText(""),
                row.path("path").asText(),
                row.path("page").asInt(0),
                row.path("list").asText(""),
                row.path("id").asText(""),
                row.path("name").asText(""),
                traits,
                row.path("permission").asText(),
                wantedBy));
      }
      return List.copyOf(shelves);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The distinct strings that the services' configurations have under {@code section.key}. */
  static Set<String> values(Inventory wanted, String path) {
    var dot = path.indexOf('.');
    var values = new LinkedHashSet<String>();
    for (var service : wanted.released()) {
      for (var table : service.settings().tables(path.substring(0, dot))) {
        table.text(path.substring(dot + 1)).filter(v -> !v.isBlank()).ifPresent(values::add);
      }
    }
    return values;
  }

  /**
   * Reads a value of an item: a JSON pointer; {@code each POINTER [FIELD|FIELD]} for a list; {@code
   * keys POINTER} for an object's keys; {@code plain POINTER} for those that are no secrets.
   */
  private static String value(JsonNode item, String how) {
    if (how.isEmpty()) {
      return "";
    }
    var words = how.split(" ", 3);
    return switch (words[0]) {
      case "each" ->
          StreamSupport.stream(item.at(words[1]).spliterator(), false)
              .map(i -> words.length > 2 ? firstOf(i, words[2]) : i.asText(""))
              .filter(v -> !v.isEmpty())
              .collect(Collectors.joining(","));
      case "keys" ->
          item.at(words[1]).properties().stream()
              .map(Map.Entry::getKey)
              .sorted()
              .collect(Collectors.joining(","));
      case "plain" ->
          item.at(words[1]).properties().stream()
              .filter(e -> !e.getValue().path("type").asText("").equals("secret_text"))
              .map(Map.Entry::getKey)
              .sorted()
              .collect(Collectors.joining(","));
      default -> item.at(how).isValueNode() ? item.at(how).asText("") : "";
    };
  }

  private static String firstOf(JsonNode item, String fields) {
    for (var field : fields.split("\\|", -1)) {
      var value = item.path(field).asText("");
      if (!value.isEmpty()) {
        return value;
      }
    }
    return "";
  }

  /**
   * The hosts that the workspace's routes name.
   *
   * @param plain those of routes, which need a DNS record
   * @param custom those that Cloudflare makes the record for
   * @param mail the domains of addresses that mail is received at
   * @param named zones and zone ids that the configuration spells out
   */
  record Hosts(Set<String> plain, Set<String> custom, Set<String> mail, Set<String> named) {
    static Hosts of(Inventory wanted) {
      var plain = new TreeSet<String>();
      var custom = new TreeSet<String>();
      var mail = new TreeSet<String>();
      var named = new TreeSet<String>();
      for (var service : wanted.released()) {
        var routes = new ArrayList<>(service.settings().items("routes"));
        service.settings().get("route").ifPresent(routes::add);
        for (var route : routes) {
          switch (route) {
            case ConfigValue.Text(var pattern, _) -> host(pattern).ifPresent(plain::add);
            case ConfigValue.Table table -> {
              table.text("zone_name").ifPresent(named::add);
              table.text("zone_id").ifPresent(named::add);
              boolean isCustom =
                  table.get("custom_domain").orElse(table) instanceof ConfigValue.Flag(var on, _)
                      && on;
              table
                  .text("pattern")
                  .flatMap(Hosts::host)
                  .ifPresent(isCustom ? custom::add : plain::add);
            }
            case ConfigValue.Numeric _,
                ConfigValue.Flag _,
                ConfigValue.Nothing _,
                ConfigValue.Date _,
                ConfigValue.Sequence _ -> {}
          }
        }
        for (var address : service.settings().items("addresses")) {
          if (address instanceof ConfigValue.Text(var mailbox, _) && mailbox.contains("@")) {
            mail.add(mailbox.substring(mailbox.indexOf('@') + 1));
          }
        }
      }
      return new Hosts(plain, custom, mail, named);
    }

    /** The host of a pattern; empty where that is all of them. */
    private static Optional<String> host(String pattern) {
      var host =
          pattern
              .replaceFirst("^[a-zA-Z]+://", "")
              .replaceFirst("[/:?#].*$", "")
              .toLowerCase(java.util.Locale.ROOT);
      return host.isEmpty() || host.equals("*") ? Optional.empty() : Optional.of(host);
    }

    boolean anyCustom() {
      return !custom.isEmpty();
    }

    Set<String> all() {
      var all = new TreeSet<>(plain);
      all.addAll(custom);
      return all;
    }

    /** Whether a route's host lies two or more levels below a zone. */
    boolean isDeepIn(String zone) {
      return plain.stream()
          .filter(h -> h.endsWith("." + zone))
          .anyMatch(h -> h.substring(0, h.length() - zone.length() - 1).contains("."));
    }
  }
}
