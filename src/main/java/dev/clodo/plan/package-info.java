/** Turns differences into ordered, reversible steps. */
@NullMarked
package dev.clodo.plan;

import org.jspecify.annotations.NullMarked;
