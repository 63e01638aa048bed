// Preloaded into wrangler. Standard input is a pipe from Clodo that never carries data: when it
// ends, Clodo is gone, and wrangler must not change anything any more.
'use strict';
const parent = process.stdin;
parent.on('error', () => {});
parent.on('end', () => process.exit(129));
parent.resume();
if (typeof parent.unref === 'function') parent.unref();

// A change whose answer was lost is not sent again: runner.cjs says why.
const Module = require('module');
const compile = Module.prototype._compile;
Module.prototype._compile = function (source, filename, ...rest) {
  const own = /[\\/]wrangler-dist[\\/]cli\.js$/.test(filename);
  const text = own
    ? source.replace(
        /(async function retryOnAPIFailure\(action,[^)]*\battempts = )(MAX_ATTEMPTS)\b/,
        '$1(/\\bmethod: "(POST|PUT|PATCH|DELETE)"/.test(String(action)) ? 1 : $2)',
      )
    : source;
  return compile.call(this, text, filename, ...rest);
};
