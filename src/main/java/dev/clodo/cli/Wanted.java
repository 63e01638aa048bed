package dev.clodo.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * One thing to write: in which format, and into which file.
 *
 * @param file as it was typed; empty for standard output
 */
record Wanted(Format format, Optional<String> file) {
  enum Format {
    TEXT,
    JSON,
    SARIF,
    JUNIT,
    MARKDOWN,
    GITHUB,
    HTML
  }

  String name() {
    return format.name().toLowerCase(Locale.ROOT);
  }

  static final String FORMATS =
      Arrays.stream(Format.values())
          .map(f -> f.name().toLowerCase(Locale.ROOT))
          .collect(Collectors.joining(", "));

  /** Reads {@code sarif} and {@code sarif=out.sarif}. */
  static final class Converter implements ITypeConverter<Wanted> {
    @Override
    public Wanted convert(String typed) {
      int equals = typed.indexOf('=');
      var name = equals < 0 ? typed : typed.substring(0, equals);
      var format =
          Arrays.stream(Format.values())
              .filter(f -> f.name().equalsIgnoreCase(name))
              .findFirst()
              .orElseThrow(() -> new TypeConversionException(unknown(name)));
      if (equals == typed.length() - 1) {
        throw new TypeConversionException("--format " + typed + " names no file");
      }
      return new Wanted(
          format, equals < 0 ? Optional.empty() : Optional.of(typed.substring(equals + 1)));
    }

    private static String unknown(String name) {
      var near = Similar.to(name, List.of(FORMATS.split(", ")));
      return "there is no format "
          + name
          + "."
          + (near.isEmpty() ? "" : " Did you mean " + near.getFirst() + "?")
          + " Those there are: "
          + FORMATS;
    }
  }
}
