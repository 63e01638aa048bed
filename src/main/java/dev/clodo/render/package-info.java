/** Turns values into text and JSON. */
@NullMarked
package dev.clodo.render;

import org.jspecify.annotations.NullMarked;
