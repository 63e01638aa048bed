package dev.clodo.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ScopeType;

/**
 * What may be typed behind a command, written down call by call. picocli's annotations would say
 * the same, but reading them is a quarter of a short command's time: the JVM makes a class for each
 * of them anew.
 */
final class Syntax {
  private final CommandSpec spec;

  private Syntax(CommandSpec spec) {
    this.spec = spec;
  }

  static Syntax of(Callable<Integer> command, String name, String... description) {
    var spec = CommandSpec.wrapWithoutInspection(command).name(name);
    spec.usageMessage().description(description);
    return new Syntax(spec);
  }

  /** What stands below the options. */
  Syntax examples(String... lines) {
    spec.usageMessage().footerHeading("%nExamples:%n").footer(lines);
    return this;
  }

  /** What stands before the synopsis, the commands and the options, where it is not the usual. */
  Syntax headings(String synopsis, String commands, String options) {
    spec.usageMessage()
        .synopsisHeading(synopsis)
        .commandListHeading(commands)
        .optionListHeading(options);
    return this;
  }

  /** An option that is there or not. */
  Syntax flag(String names, String description, Consumer<Boolean> set) {
    return add(named(names, boolean.class, set).arity("0").description(description));
  }

  /** A flag that every command below understands too. */
  Syntax everywhere(String names, String description, Consumer<Boolean> set) {
    return add(
        named(names, boolean.class, set)
            .arity("0")
            .scopeType(ScopeType.INHERIT)
            .description(description));
  }

  /** An option with a text. */
  Syntax text(String names, String label, String description, Consumer<String> set) {
    return value(String.class, names, label, description, set);
  }

  /** An option with a value of a type that picocli can read. */
  <T> Syntax value(Class<T> type, String names, String label, String description, Consumer<T> set) {
    return add(named(names, type, set).arity("1").paramLabel(label).description(description));
  }

  /** The same; where nobody says otherwise it is this, which the description may name. */
  <T> Syntax value(
      Class<T> type,
      String names,
      String label,
      String otherwise,
      String description,
      Consumer<T> set) {
    return add(
        named(names, type, set)
            .arity("1")
            .paramLabel(label)
            .defaultValue(otherwise)
            .description(description));
  }

  /** An option that may be repeated. */
  Syntax texts(String names, String label, String description, Consumer<List<String>> set) {
    return add(several(names, label, description, set).auxiliaryTypes(String.class));
  }

  /** The same, with several values between commas. */
  Syntax list(String names, String label, String description, Consumer<List<String>> set) {
    return add(
        several(names, label, description, set).auxiliaryTypes(String.class).splitRegex(","));
  }

  /** An option that may be repeated, with values of a type of ours. */
  <T> Syntax values(
      Class<T> type,
      ITypeConverter<T> converter,
      String names,
      String label,
      String description,
      Consumer<List<T>> set) {
    return add(several(names, label, description, set).auxiliaryTypes(type).converters(converter));
  }

  /** An option that decides itself what of the words behind it is its value. */
  Syntax taking(
      IParameterConsumer consumer,
      String names,
      String label,
      String description,
      Consumer<String> set) {
    return add(
        named(names, String.class, set)
            .arity("0..1")
            .paramLabel(label)
            .parameterConsumer(consumer)
            .description(description));
  }

  /** A word that is no option and has to be there. */
  <T> Syntax required(Class<T> type, String label, String description, Consumer<T> set) {
    return argument(type, "1", label, description, set);
  }

  /** A word that is no option and may be there. */
  <T> Syntax argument(Class<T> type, String label, String description, Consumer<T> set) {
    return argument(type, "0..1", label, description, set);
  }

  private <T> Syntax argument(
      Class<T> type, String arity, String label, String description, Consumer<T> set) {
    spec.addPositional(
        PositionalParamSpec.builder()
            .type(type)
            .arity(arity)
            .paramLabel(label)
            .description(description)
            .setter(new Kept<>(set))
            .build());
    return this;
  }

  /** Words that are no options: as many as there are. */
  <T> Syntax arguments(Class<T> type, String label, String description, Consumer<List<T>> set) {
    var kept = new Kept<>(set);
    spec.addPositional(
        PositionalParamSpec.builder()
            .type(List.class)
            .auxiliaryTypes(type)
            .arity("0..*")
            .paramLabel(label)
            .description(description)
            .getter(kept)
            .setter(kept)
            .build());
    return this;
  }

  /** With what several commands understand alike. */
  Syntax with(Shared shared) {
    shared.addTo(this);
    return this;
  }

  /** Options that several commands have. */
  interface Shared {
    void addTo(Syntax syntax);
  }

  CommandSpec spec() {
    return spec;
  }

  private Syntax add(OptionSpec.Builder option) {
    spec.addOption(option.build());
    return this;
  }

  private static <T> OptionSpec.Builder named(String names, Class<T> type, Consumer<T> set) {
    return OptionSpec.builder(names.split(", ")).type(type).setter(new Kept<>(set));
  }

  private static <T> OptionSpec.Builder several(
      String names, String label, String description, Consumer<List<T>> set) {
    var kept = new Kept<>(set);
    return OptionSpec.builder(names.split(", "))
        .type(List.class)
        .arity("1")
        .paramLabel(label)
        .description(description)
        .getter(kept)
        .setter(kept);
  }

  /** Hands a value on, and keeps it: picocli adds to what was typed before. */
  private static final class Kept<T> implements IGetter, ISetter {
    private final Consumer<T> set;
    private @Nullable Object value;

    Kept(Consumer<T> set) {
      this.set = set;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <V> @Nullable V get() {
      return (V) value;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <V> @Nullable V set(V typed) {
      var before = (V) value;
      value = typed;
      if (typed != null) {
        set.accept((T) typed);
      }
      return before;
    }
  }
}
