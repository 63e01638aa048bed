/** Clodo: assess, plan, deploy, verify and roll back Cloudflare Workers. */
@NullMarked
package dev.clodo;

import org.jspecify.annotations.NullMarked;
