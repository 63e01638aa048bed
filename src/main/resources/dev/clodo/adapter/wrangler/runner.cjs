// Loads wrangler once and runs several of its commands, one at a time. Loading is most of what a
// short command costs.
//
// Usage: node runner.cjs <wrangler-dist/cli.js> <mark>
// In:  one JSON object a line: {"id", "arguments", "directory", "environment"}. The end of the input
//      means that Clodo is gone or done, and ends this process at once.
// Out: lines that start with the mark, followed by JSON: {"kind":"ready"}, {"kind":"unfit","why"},
//      {"kind":"done","id","exit","out","err"}. Other output is a command's own child's.
'use strict';

const fs = require('fs');
const path = require('path');
const Module = require('module');

const [, , cli, mark] = process.argv;
const realExit = process.exit.bind(process);
const writeOut = process.stdout.write.bind(process.stdout);

function say(message) {
  writeOut('\n' + mark + JSON.stringify(message) + '\n');
}

// miniflare is a third of the loading time and only needed by `wrangler dev`. The two classes that
// wrangler's own top level touches stand in for themselves until somebody really uses them.
function lateMiniflare(load) {
  let loaded;
  const real = () => (loaded ??= load());
  class Mutex {
    constructor(...args) {
      let mutex;
      return new Proxy(this, {
        get(_target, key) {
          mutex ??= new (real().Mutex)(...args);
          const value = mutex[key];
          return typeof value === 'function' ? value.bind(mutex) : value;
        },
      });
    }
  }
  class Log {
    constructor(...args) {
      const parent = real().Log;
      if (Object.getPrototypeOf(Log.prototype) !== parent.prototype) {
        Object.setPrototypeOf(Log.prototype, parent.prototype);
        Object.setPrototypeOf(Log, parent);
      }
      return Reflect.construct(parent, args, new.target);
    }
  }
  const stand = { Mutex, Log };
  return new Proxy(
    {},
    {
      get(_target, key) {
        if (key === '__esModule') return undefined;
        return !loaded && Object.hasOwn(stand, key) ? stand[key] : real()[key];
      },
      has: (_target, key) => key in real(),
      ownKeys: () => Reflect.ownKeys(real()),
      getOwnPropertyDescriptor(_target, key) {
        const descriptor = Object.getOwnPropertyDescriptor(real(), key);
        return descriptor && { ...descriptor, configurable: true };
      },
    },
  );
}

// wrangler sends a change again when its answer was lost, and so uploads a version twice. Here it
// asks once and says what happened; Clodo looks what is there before it asks again. (watch.cjs holds
// the same for a process of its own.)
function changingOnce(source) {
  return source.replace(
    /(async function retryOnAPIFailure\(action,[^)]*\battempts = )(MAX_ATTEMPTS)\b/,
    '$1(/\\bmethod: "(POST|PUT|PATCH|DELETE)"/.test(String(action)) ? 1 : $2)',
  );
}

// The command's entry is not exported, so the program is compiled with three exports added.
function load() {
  const source = fs.readFileSync(cli, 'utf8');
  const fatal = /instanceof (FatalError\w*) && \w+\.code \|\| 1\b/.exec(source);
  if (!/^async function main\(argv\) \{/m.test(source)) throw new Error('it has no main');
  if (!/^var [^=;]*\boutputFilePath\b[^=;]*;/m.test(source)) throw new Error('no output file path');
  if (!fatal) throw new Error('it has no exit codes');
  const loadModule = Module._load;
  Module._load = function (request, parent, isMain) {
    if (request === 'miniflare' && parent && parent.filename === cli) {
      return lateMiniflare(() => loadModule.call(Module, request, parent, isMain));
    }
    return loadModule.call(Module, request, parent, isMain);
  };
  const program = new Module(cli, null);
  program.filename = cli;
  program.paths = Module._nodeModulePaths(path.dirname(cli));
  program._compile(
    changingOnce(source) +
      '\n;module.exports.__clodo = { main, FatalError: ' +
      fatal[1] +
      ', reset() { outputFilePath = undefined; } };\n',
    cli,
  );
  return program.exports.__clodo;
}

async function run(wrangler, job) {
  const out = [];
  const err = [];
  const catching = (into) =>
    function write(chunk, encoding, callback) {
      into.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
      const done = typeof encoding === 'function' ? encoding : callback;
      if (typeof done === 'function') process.nextTick(done);
      return true;
    };
  let reported = false;
  const report = (exit) => {
    if (reported) return;
    reported = true;
    say({ kind: 'done', id: job.id, exit, out: out.join(''), err: err.join('') });
  };
  process.stdout.write = catching(out);
  process.stderr.write = catching(err);
  process.env = { ...job.environment };
  process.argv = [process.execPath, cli, ...job.arguments];
  process.exitCode = undefined;
  process.chdir(job.directory);
  // Whoever ends the process means it: the result is told, and a next command gets a new process.
  process.exit = (code) => {
    report(Number(code ?? process.exitCode ?? 0));
    realExit(0);
  };
  const lost = (error) => {
    err.push(String((error && error.stack) || error) + '\n');
    report(1);
    realExit(1);
  };
  process.once('uncaughtException', lost);
  process.once('unhandledRejection', lost);
  try {
    wrangler.reset();
    await wrangler.main(job.arguments);
    await new Promise((resolve) => setImmediate(resolve));
    report(Number(process.exitCode ?? 0));
  } catch (error) {
    report((error instanceof wrangler.FatalError && error.code) || 1);
  } finally {
    process.removeListener('uncaughtException', lost);
    process.removeListener('unhandledRejection', lost);
    process.exit = realExit;
    process.exitCode = undefined;
  }
}

function keepCompiled() {
  if (typeof Module.flushCompileCache === 'function') Module.flushCompileCache();
}

const waiting = [];
let busy = false;
let wrangler;

async function work() {
  if (busy || !wrangler) return;
  busy = true;
  while (waiting.length > 0) await run(wrangler, waiting.shift());
  busy = false;
}

let rest = '';
process.stdin.setEncoding('utf8');
process.stdin.on('error', () => realExit(0));
process.stdin.on('end', () => {
  if (!busy) keepCompiled();
  realExit(0);
});
process.stdin.on('data', (text) => {
  rest += text;
  for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
    waiting.push(JSON.parse(rest.slice(0, end)));
    rest = rest.slice(end + 1);
  }
  work();
});

try {
  wrangler = load();
  say({ kind: 'ready' });
  work();
} catch (error) {
  say({ kind: 'unfit', why: String((error && error.message) || error) });
  realExit(0);
}
