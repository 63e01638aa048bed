package dev.clodo.assess;

import dev.clodo.model.Build;
import dev.clodo.model.CheckId;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Start;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One thing that can be wrong: how bad it is, who would stop it, and how it is seen. To add one,
 * write a detection in the file of its group, name it in that file's {@code CHECKS}, and test it.
 *
 * @param docs an address that explains it
 * @param yieldsTo checks that report the same root cause better: where one of them has a hit on the
 *     same subject, this one keeps quiet
 */
record Check(
    CheckId id,
    Severity severity,
    StopsAt stopsAt,
    String docs,
    Detection detection,
    Set<CheckId> yieldsTo) {

  /** How a check looks, and at what. */
  sealed interface Detection {
    /** Asked once per service, on the configuration that would really be deployed. */
    record PerService(Function<Case, List<? extends Hit>> look) implements Detection {}

    /** Asked once per service that was built, when that was asked for. */
    record OfBuild(BiFunction<Case, Build, List<? extends Hit>> look) implements Detection {}

    /** Asked once per service that was started, when that was asked for. */
    record OfStart(BiFunction<Case, Start, List<? extends Hit>> look) implements Detection {}

    /** Asked once. */
    record OnWorkspace(Function<Evidence, List<? extends Hit>> look) implements Detection {}
  }

  private static final String CLOUDFLARE_DOCS = "https://developers.cloudflare.com/";

  /** The deploy fails. {@code docs} is the path below Cloudflare's documentation. */
  static Check error(
      String id, StopsAt stopsAt, String docs, Function<Case, List<? extends Hit>> look) {
    return of(id, Severity.ERROR, stopsAt, docs, new Detection.PerService(look));
  }

  /** The deploy succeeds and production is broken. */
  static Check errorProd(String id, String docs, Function<Case, List<? extends Hit>> look) {
    return of(id, Severity.ERROR_PROD, StopsAt.PRODUCTION, docs, new Detection.PerService(look));
  }

  /** Probably wrong. */
  static Check warning(String id, String docs, Function<Case, List<? extends Hit>> look) {
    return of(id, Severity.WARNING, StopsAt.NONE, docs, new Detection.PerService(look));
  }

  /** An improvement. */
  static Check advice(String id, String docs, Function<Case, List<? extends Hit>> look) {
    return of(id, Severity.ADVICE, StopsAt.NONE, docs, new Detection.PerService(look));
  }

  /** The same check with another way to see it: by a build. What a build shows, it decides. */
  static Check ofBuild(
      String id,
      Severity severity,
      StopsAt stopsAt,
      String docs,
      BiFunction<Case, Build, List<? extends Hit>> look) {
    return of(id, severity, stopsAt, docs, new Detection.OfBuild(look));
  }

  /** The same check with another way to see it: by a start. What a start shows, it decides. */
  static Check ofStart(
      String id,
      Severity severity,
      StopsAt stopsAt,
      String docs,
      BiFunction<Case, Start, List<? extends Hit>> look) {
    return of(id, severity, stopsAt, docs, new Detection.OfStart(look));
  }

  /** The deploy of the whole workspace fails. */
  static Check workspaceError(
      String id, StopsAt stopsAt, String docs, Function<Evidence, List<? extends Hit>> look) {
    return of(id, Severity.ERROR, stopsAt, docs, new Detection.OnWorkspace(look));
  }

  /** Probably wrong, for the workspace as a whole. */
  static Check workspaceWarning(
      String id, String docs, Function<Evidence, List<? extends Hit>> look) {
    return of(id, Severity.WARNING, StopsAt.NONE, docs, new Detection.OnWorkspace(look));
  }

  /** The deploys of the whole workspace succeed and production is broken. */
  static Check workspaceErrorProd(
      String id, String docs, Function<Evidence, List<? extends Hit>> look) {
    return of(id, Severity.ERROR_PROD, StopsAt.PRODUCTION, docs, new Detection.OnWorkspace(look));
  }

  /** An improvement of the workspace as a whole. */
  static Check workspaceAdvice(
      String id, String docs, Function<Evidence, List<? extends Hit>> look) {
    return of(id, Severity.ADVICE, StopsAt.NONE, docs, new Detection.OnWorkspace(look));
  }

  /** The same check, silent where one of the others has a hit on the same subject. */
  Check yieldingTo(String... others) {
    return new Check(
        id,
        severity,
        stopsAt,
        docs,
        detection,
        Arrays.stream(others).map(CheckId::new).collect(Collectors.toUnmodifiableSet()));
  }

  private static Check of(
      String id, Severity severity, StopsAt stopsAt, String docs, Detection detection) {
    return new Check(
        new CheckId(id),
        severity,
        stopsAt,
        docs.startsWith("https://") ? docs : CLOUDFLARE_DOCS + docs,
        detection,
        Set.of());
  }
}
