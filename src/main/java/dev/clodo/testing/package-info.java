/** Fakes of the ports that tests, users' own included, can drive without a network. */
@NullMarked
package dev.clodo.testing;

import org.jspecify.annotations.NullMarked;
