package dev.clodo.assess;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The runtime's switches: flags, the days from which they are on by themselves, and Node's modules
 * that hang on them. The facts are the data file {@code compatibility.json}.
 */
final class CompatibilityTable {
  /**
   * One switch.
   *
   * @param enable the flag that turns it on; empty when there is none
   * @param disable the flag that turns it off; empty when there is none
   * @param from the day from which a compatibility date turns it on
   * @param isExperimental whether Cloudflare refuses it outside of its own tests
   * @param impliedBy flags that turn it on from {@code impliedFrom}
   */
  record Feature(
      String enable,
      String disable,
      Optional<LocalDate> from,
      boolean always,
      boolean isExperimental,
      List<String> impliedBy,
      Optional<LocalDate> impliedFrom) {}

  private final List<Feature> features = new ArrayList<>();
  private final Map<String, Feature> byFlag = new HashMap<>();
  private final Map<String, String> nodeModules = new LinkedHashMap<>();
  private final Set<String> builtins = new LinkedHashSet<>();
  private final LocalDate asOf;

  private CompatibilityTable(Map<?, ?> data) {
    asOf = LocalDate.parse(String.valueOf(data.get("asOf")));
    for (var row : list(data, "features")) {
      if (row instanceof Map<?, ?> fields) {
        var feature =
            new Feature(
                text(fields, "enable"),
                text(fields, "disable"),
                date(fields, "from"),
                fields.containsKey("always"),
                fields.containsKey("experimental"),
                list(fields, "impliedBy").stream().map(String::valueOf).toList(),
                date(fields, "impliedFrom"));
        features.add(feature);
        byFlag.put(feature.enable, feature);
        byFlag.put(feature.disable, feature);
      }
    }
    byFlag.remove("");
    if (data.get("nodeModules") instanceof Map<?, ?> modules) {
      modules.forEach((name, flag) -> nodeModules.put(String.valueOf(name), String.valueOf(flag)));
    }
    list(data, "builtins").forEach(name -> builtins.add(String.valueOf(name)));
  }

  /** Reading it takes a moment, and many assessments need none of it. */
  private static final class Holder {
    private static final CompatibilityTable TABLE =
        new CompatibilityTable(Resources.data("compatibility.json"));
  }

  static CompatibilityTable get() {
    return Holder.TABLE;
  }

  /** The day on which the facts were read. */
  LocalDate asOf() {
    return asOf;
  }

  Optional<Feature> of(String flag) {
    return Optional.ofNullable(byFlag.get(flag));
  }

  Set<String> flags() {
    return byFlag.keySet();
  }

  /** The flag that a module of Node hangs on; empty when {@code nodejs_compat} is enough. */
  Optional<String> flagOfNodeModule(String module) {
    return Optional.ofNullable(nodeModules.get(module));
  }

  /** Whether Node brings a module of this name without its {@code node:}. */
  boolean isNodeModule(String module) {
    return builtins.contains(module) || builtins.contains(module.replaceFirst("/.*", ""));
  }

  /** Whether a Worker with these flags and this date has the switch on that a flag turns on. */
  boolean isOn(String flag, Set<String> flags, LocalDate date) {
    return isOn(flag, flags, date, new HashSet<>());
  }

  private boolean isOn(String flag, Set<String> flags, LocalDate date, Set<String> asked) {
    var feature = byFlag.get(flag);
    if (feature == null || !asked.add(flag)) {
      return false;
    }
    if (!feature.disable.isEmpty() && flags.contains(feature.disable)) {
      return false;
    }
    return feature.always
        || flags.contains(feature.enable)
        || feature.from.filter(d -> !date.isBefore(d)).isPresent()
        || (feature.impliedFrom.filter(d -> !date.isBefore(d)).isPresent()
            && feature.impliedBy.stream().anyMatch(by -> isOn(by, flags, date, asked)));
  }

  /** The switches that a later date turns on by itself, in the order of their days. */
  List<Feature> between(LocalDate after, LocalDate to) {
    return features.stream()
        .filter(f -> f.from.filter(d -> d.isAfter(after) && !d.isAfter(to)).isPresent())
        .sorted((a, b) -> a.from.orElse(after).compareTo(b.from.orElse(after)))
        .toList();
  }

  private static String text(Map<?, ?> fields, String key) {
    return fields.get(key) instanceof String s ? s : "";
  }

  private static List<?> list(Map<?, ?> fields, String key) {
    return fields.get(key) instanceof List<?> items ? items : List.of();
  }

  private static Optional<LocalDate> date(Map<?, ?> fields, String key) {
    return fields.get(key) instanceof String s ? Optional.of(LocalDate.parse(s)) : Optional.empty();
  }
}
