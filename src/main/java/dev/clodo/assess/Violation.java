package dev.clodo.assess;

import dev.clodo.model.Location;
import dev.clodo.model.Remedy;

/**
 * A place where a configuration is not as wrangler demands it.
 *
 * @param check the id of the check that reports it
 */
record Violation(String check, Location at, String subject, String message, Remedy remedy) {}
