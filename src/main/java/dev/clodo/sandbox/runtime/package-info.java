/// The part of the sandbox that runs uploaded code: workerd processes, the edge that splits traffic
/// between them, and the storage behind their bindings. It knows nothing of the control plane; what
/// it needs from there it asks through {@link dev.clodo.sandbox.runtime.Platform}.
@NullMarked
package dev.clodo.sandbox.runtime;

import org.jspecify.annotations.NullMarked;
