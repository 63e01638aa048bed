/** Says what a journal means: the state of a run, what comes next, its history. */
@NullMarked
package dev.clodo.record;

import org.jspecify.annotations.NullMarked;
