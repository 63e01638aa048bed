package dev.clodo.model;

import java.util.Comparator;
import java.util.List;

/**
 * Something that leads requests or events to a service and is in no version of it.
 *
 * @param name a pattern, a host, a cron expression, the name of a queue; empty for addresses
 * @param detail {@code on} or {@code off} of an address; how a queue is consumed; the zone of a
 *     route or domain, where the configuration names one. Empty where it is not known
 */
public record Trigger(Kind kind, String name, String detail) implements Comparable<Trigger> {
  /** In the order in which wrangler sets them. */
  public enum Kind {
    WORKERS_DEV("workers.dev"),
    PREVIEWS("preview addresses"),
    ROUTE("route"),
    DOMAIN("domain"),
    SCHEDULE("schedule"),
    CONSUMER("queue consumer");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** What people call it. */
    public String words() {
      return words;
    }

    /** Whether there is always exactly one of it. */
    boolean isSwitch() {
      return this == WORKERS_DEV || this == PREVIEWS;
    }

    /** Whether the detail says what it does, and not only where it is. */
    boolean hasSettings() {
      return isSwitch() || this == CONSUMER;
    }
  }

  private static final Comparator<Trigger> ORDER =
      Comparator.comparing(Trigger::kind)
          .thenComparing(Trigger::name)
          .thenComparing(Trigger::detail);

  /** Whether the two are one trigger, perhaps with other settings. */
  public boolean isSameAs(Trigger other) {
    return kind == other.kind && name.equals(other.name);
  }

  /** Whether nothing that is known of the two differs. */
  public boolean equalsWhereKnown(Trigger other) {
    return isSameAs(other)
        && (!kind.hasSettings()
            || detail.isEmpty()
            || other.detail.isEmpty()
            || detail.equals(other.detail));
  }

  /** One line, from which {@link #read} makes an equal one. */
  public String written() {
    return kind + "\t" + name + "\t" + detail;
  }

  /** Several, a line each. */
  public static String written(List<Trigger> triggers) {
    return String.join("\n", triggers.stream().map(Trigger::written).toList());
  }

  /** Reads what {@link #written(List)} wrote; lines that are no triggers are left out. */
  public static List<Trigger> read(String lines) {
    return lines
        .lines()
        .map(l -> l.split("\t", -1))
        .filter(p -> p.length == 3 && isKind(p[0]))
        .map(p -> new Trigger(Kind.valueOf(p[0]), p[1], p[2]))
        .toList();
  }

  private static boolean isKind(String word) {
    for (var kind : Kind.values()) {
      if (kind.name().equals(word)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public int compareTo(Trigger other) {
    return ORDER.compare(this, other);
  }

  /** As people read it: {@code route example.com/*}, {@code workers.dev off}. */
  @Override
  public String toString() {
    return kind.isSwitch() ? kind.words() + " " + detail : kind.words() + " " + name;
  }
}
