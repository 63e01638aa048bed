package dev.clodo.model;

import java.util.Optional;

/**
 * What a check has to say when it does not pass.
 *
 * @param where the place to look at; the start of the workspace's root where no file is to blame
 * @param subject what it is about, usually a binding's name; empty for the service as a whole
 * @param message what is wrong and what will happen, one or two sentences
 * @param docs an address that explains it
 */
public record Finding(
    CheckId check,
    Severity severity,
    Verdict verdict,
    StopsAt stopsAt,
    Scope scope,
    Location where,
    String subject,
    String message,
    Remedy remedy,
    String docs) {

  /** What a finding is about: one service in one environment, or all of the workspace. */
  public sealed interface Scope {
    record OfService(ServiceName name, EnvironmentName environment) implements Scope {}

    record OfWorkspace() implements Scope {}
  }

  /** How bad it is. */
  public enum Severity {
    /** The deploy fails. */
    ERROR,
    /** The deploy succeeds and production is broken or damaged. */
    ERROR_PROD,
    /** Probably wrong; a person has to look. */
    WARNING,
    /** An improvement. */
    ADVICE
  }

  /** A pass is no finding. */
  public enum Verdict {
    FAIL,
    /** Could not be told; the message says why and what would tell it. */
    UNKNOWN
  }

  /** Who would stop it if nobody else did. */
  public enum StopsAt {
    /** Clodo itself, because of a file of its own. */
    CLODO,
    /** wrangler refuses the configuration. */
    CONFIG,
    /** wrangler's build or deploy command fails before any request. */
    BUILD,
    /** Cloudflare refuses the upload. */
    UPLOAD,
    /** It deploys, then breaks. */
    PRODUCTION,
    NONE
  }

  /**
   * Whether a deploy must not start with this. Unknown never blocks by itself, and never passes.
   */
  public boolean blocks() {
    return verdict == Verdict.FAIL
        && (severity == Severity.ERROR || severity == Severity.ERROR_PROD);
  }

  /** The service it is about; empty when it is about the workspace. */
  public Optional<ServiceName> service() {
    return switch (scope) {
      case Scope.OfService(var name, var _) -> Optional.of(name);
      case Scope.OfWorkspace() -> Optional.empty();
    };
  }

  /** The environment it is about; empty when it is about the workspace. */
  public Optional<EnvironmentName> environment() {
    return switch (scope) {
      case Scope.OfService(var _, var environment) -> Optional.of(environment);
      case Scope.OfWorkspace() -> Optional.empty();
    };
  }
}
