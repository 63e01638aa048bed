package dev.clodo.assess;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Compatibility dates as people write them. */
final class DateText {
  private static final Pattern ISO = Pattern.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})");
  private static final Pattern YEAR_FIRST =
      Pattern.compile("([0-9]{3,6})(?:[-/.]([0-9]{1,2})(?:[-/.]([0-9]{1,2}))?)?(?:[T ].*)?");
  private static final Pattern MONTH_FIRST =
      Pattern.compile("([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{1,6})(?: .*)?");
  private static final Pattern MONTH_NAME =
      Pattern.compile("(?:^|[^a-z])(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)");

  private DateText() {}

  /** The day, when it is written as Cloudflare demands: YYYY-MM-DD, and in the calendar. */
  static Optional<LocalDate> iso(String text) {
    var m = ISO.matcher(text);
    if (!m.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          LocalDate.of(
              Integer.parseInt(m.group(1)),
              Integer.parseInt(m.group(2)),
              Integer.parseInt(m.group(3))));
    } catch (DateTimeException e) {
      // No such day in the calendar is the answer.
      return Optional.empty();
    }
  }

  /**
   * Whether wrangler takes it for a date. It asks JavaScript's Date, which is generous: slashes, a
   * month's name and the 31st of February pass.
   */
  static boolean isReadableByWrangler(String text) {
    if (text.indexOf('\u2013') >= 0 || text.indexOf('\u2014') >= 0) {
      return false;
    }
    var t = text.strip();
    var year = YEAR_FIRST.matcher(t);
    if (year.matches()) {
      return inRange(year.group(2), 12) && inRange(year.group(3), 31);
    }
    var month = MONTH_FIRST.matcher(t);
    if (month.matches()) {
      return inRange(month.group(1), 12) && inRange(month.group(2), 31);
    }
    if (t.matches("[0-9]{1,2}")) {
      int n = Integer.parseInt(t);
      return n <= 12 || n >= 32;
    }
    var lower = t.toLowerCase(Locale.ROOT);
    boolean spoken = lower.matches("[a-z0-9 ,:+().-]*") && lower.matches(".*[0-9].*");
    return spoken && (MONTH_NAME.matcher(lower).find() || lower.matches("[a-z ]+ [0-9]{4}"));
  }

  private static boolean inRange(@org.jspecify.annotations.Nullable String digits, int max) {
    if (digits == null) {
      return true;
    }
    int n = Integer.parseInt(digits);
    return n >= 1 && n <= max;
  }
}
