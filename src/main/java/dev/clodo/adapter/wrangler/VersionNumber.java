package dev.clodo.adapter.wrangler;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;

/** Three numbers of a release; what follows them (pre-release, build) is not compared. */
record VersionNumber(int major, int minor, int patch) implements Comparable<VersionNumber> {
  private static final Pattern NUMBERS =
      Pattern.compile("(\\d{1,6})(?:\\.(\\d{1,6}))?(?:\\.(\\d{1,6}))?");
  private static final Comparator<VersionNumber> ORDER =
      Comparator.comparingInt(VersionNumber::major)
          .thenComparingInt(VersionNumber::minor)
          .thenComparingInt(VersionNumber::patch);

  /** The first version in a text such as {@code v22.12.0} or {@code >=22.12.0}. */
  static Optional<VersionNumber> in(String text) {
    var numbers = NUMBERS.matcher(text);
    return numbers.find()
        ? Optional.of(
            new VersionNumber(
                number(numbers.group(1)), number(numbers.group(2)), number(numbers.group(3))))
        : Optional.empty();
  }

  private static int number(@org.jspecify.annotations.Nullable String digits) {
    return digits == null ? 0 : Integer.parseInt(digits);
  }

  boolean isAtLeast(VersionNumber other) {
    return compareTo(other) >= 0;
  }

  @Override
  public int compareTo(VersionNumber other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }
}
