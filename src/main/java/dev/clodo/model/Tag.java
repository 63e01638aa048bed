package dev.clodo.model;

import java.util.regex.Pattern;

/**
 * The annotation {@code run/step} by which an uploaded version is recognised after a crash.
 * Cloudflare keeps at most 25 bytes of {@code workers/tag} on older API versions, so it stays
 * within that. A deployment of Pages has no annotations; the tag then ends its commit message.
 */
public record Tag(RunId run, StepId step) {
  private static final int LIMIT = 25;

  private static final Pattern ENDING = Pattern.compile("\\(clodo ([a-z0-9]+/[0-9]+)\\)$");

  public Tag {
    if ((run + "/" + step).length() > LIMIT) {
      throw new IllegalArgumentException("tag is longer than " + LIMIT + ": " + run + "/" + step);
    }
  }

  /** A message that ends with the tag. */
  public String ending(String message) {
    return "%s (clodo %s)".formatted(message, this);
  }

  /** The tag that {@link #ending} put at a message's end, as text; empty where there is none. */
  public static String endOf(String message) {
    var ending = ENDING.matcher(message);
    return ending.find() ? ending.group(1) : "";
  }

  /** A message without the tag at its end. */
  public static String withoutEnd(String message) {
    return ENDING.matcher(message).replaceFirst("").strip();
  }

  @Override
  public String toString() {
    return run + "/" + step;
  }
}
