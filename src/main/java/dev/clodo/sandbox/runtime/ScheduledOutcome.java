package dev.clodo.sandbox.runtime;

/// How a run of `scheduled()` ended.
///
/// @param versionId the version that ran
/// @param outcome workerd's word: `ok`, `exception`, ...
/// @param noRetry whether the handler asked not to be repeated
public record ScheduledOutcome(String versionId, String outcome, boolean noRetry) {}
