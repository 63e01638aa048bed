/** Changes texts of configurations and keeps everything else in them as it is written. */
@NullMarked
package dev.clodo.mend;

import org.jspecify.annotations.NullMarked;
