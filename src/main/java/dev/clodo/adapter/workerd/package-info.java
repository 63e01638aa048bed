/** Programs started for a moment in the project's own workerd. */
@NullMarked
package dev.clodo.adapter.workerd;

import org.jspecify.annotations.NullMarked;
