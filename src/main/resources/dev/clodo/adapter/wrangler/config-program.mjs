// Evaluates a configuration that is a program, and writes what it exports by default as JSON.
import { createRequire } from 'node:module';
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [file, wrangler, answer] = process.argv.slice(2);
const address = pathToFileURL(file).href;

// What Node does not take by itself: TypeScript of older Nodes, enums, imports without an ending.
const LEFT_TO_ESBUILD = new Set([
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_MODULE_NOT_FOUND',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_INVALID_TYPESCRIPT_SYNTAX',
  'ERR_NO_TYPESCRIPT',
]);

async function bundled() {
  const esbuild = createRequire(pathToFileURL(wrangler + '/package.json'))('esbuild');
  const built = await esbuild.build({
    entryPoints: [file],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    sourcemap: 'inline',
    write: false,
    logLevel: 'silent',
    define: { 'import.meta.url': JSON.stringify(address) },
  });
  process.setSourceMapsEnabled(true);
  const code = Buffer.from(built.outputFiles[0].contents).toString('base64');
  return import('data:text/javascript;base64,' + code);
}

async function loaded() {
  try {
    return await import(address);
  } catch (error) {
    if (!LEFT_TO_ESBUILD.has(error?.code) && !(error instanceof SyntaxError)) {
      throw error;
    }
    return bundled();
  }
}

function place(error) {
  const told = error?.errors?.[0]?.location;
  if (told) {
    return [told.line, told.column + 1];
  }
  const name = file.split(/[\\/]/).pop().replace(/[.]/g, '\\.');
  const at = new RegExp(name + ':(\\d+)(?::(\\d+))?').exec(String(error?.stack ?? ''));
  return at ? [at[1], at[2] ?? 1] : [1, 1];
}

function failed(error) {
  const [line, column] = place(error);
  const why = error?.errors?.[0]?.text ?? error?.message ?? String(error);
  writeFileSync(answer, `failed ${line} ${column}\n${why}`);
}

try {
  const module = await loaded();
  let value = module.default;
  if (typeof value === 'function') {
    value = await value();
  }
  value = await value;
  if (value === undefined || value === null || typeof value !== 'object') {
    failed(new Error('It exports no object by default: export default { … }'));
  } else {
    writeFileSync(answer, 'value\n' + JSON.stringify(value));
  }
} catch (error) {
  failed(error);
}
process.exit(0);
