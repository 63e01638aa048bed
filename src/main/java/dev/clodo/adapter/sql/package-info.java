/** Keeps runs, journals and leases in an SQLite file. */
@NullMarked
package dev.clodo.adapter.sql;

import org.jspecify.annotations.NullMarked;
