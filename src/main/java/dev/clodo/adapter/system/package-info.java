/** The machine's own clock. */
@NullMarked
package dev.clodo.adapter.system;

import org.jspecify.annotations.NullMarked;
