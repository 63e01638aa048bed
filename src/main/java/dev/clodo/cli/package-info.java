/**
 * The command line: reads arguments, calls the Java API, shows the value, chooses the exit code.
 */
@NullMarked
package dev.clodo.cli;

import org.jspecify.annotations.NullMarked;
