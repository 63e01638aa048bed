/** Compares what is wanted with what is found: findings, each with a remedy. */
@NullMarked
package dev.clodo.assess;

import org.jspecify.annotations.NullMarked;
