// Preloaded into wrangler. Standard input is a pipe from Clodo that never carries data: when it
// ends, Clodo is gone, and wrangler must not change anything any more.
'use strict';
const parent = process.stdin;
parent.on('error', () => {});
parent.on('end', () => process.exit(129));
parent.resume();
if (typeof parent.unref === 'function') parent.unref();
