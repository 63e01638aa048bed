// Paired: each round changes the Worker's source three times and deploys it once with wrangler as its
// bin starts it, once through npx and once with clodo, in an order that turns from round to round. The
// sandbox answers all of them, so what differs is the tool. Ratios are medians of the ratios of each round.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const rounds = Number(process.argv[2] ?? 9);
const clodo = resolve(dirname(fileURLToPath(import.meta.url)), "../../clodo");
const home = mkdtempSync(join(tmpdir(), "clodo-overhead-"));
const project = join(home, "project");
const npm = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error", "--prefix"];

/** The variables that the sandbox asks a shell to set; the token is read from a file, so a shell it is. */
function sandboxEnvironment() {
  const script = 'eval "$("$0" sandbox start --env)" && exec "$1" -p "JSON.stringify(process.env)"';
  const options = { env: base(), encoding: "utf8", cwd: project };
  return JSON.parse(execFileSync("sh", ["-c", script, clodo, process.execPath], options));
}

function base() {
  return { ...process.env, CLODO_SANDBOX_HOME: join(home, "sandbox"), CI: "1", WRANGLER_SEND_METRICS: "false" };
}

function nodeForWrangler() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 12)) {
    return dirname(process.execPath);
  }
  const platform = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const folder = join(home, "node");
  mkdirSync(folder);
  execFileSync("npm", [...npm, folder, `${platform}@22.23.3`], { stdio: "inherit" });
  return join(folder, "node_modules", platform, "bin");
}

function change(text) {
  writeFileSync(
    join(project, "src/index.ts"),
    `export default { async fetch(): Promise<Response> { return new Response(${JSON.stringify(text)}); } };\n`,
  );
}

function timed(name, command, args, env) {
  const started = process.hrtime.bigint();
  const result = spawnSync(command, args, { cwd: project, env, encoding: "utf8", timeout: 120_000 });
  const ms = Number(process.hrtime.bigint() - started) / 1e6;
  if (result.status !== 0) {
    throw new Error(`${name} exited with ${result.status}\n${result.stdout}\n${result.stderr}`);
  }
  return ms;
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

mkdirSync(join(project, "src"), { recursive: true });
writeFileSync(join(project, "package.json"), '{ "name": "overhead", "private": true }\n');
writeFileSync(
  join(project, "wrangler.jsonc"),
  '{ "name": "overhead", "main": "src/index.ts", "compatibility_date": "2025-09-01", "workers_dev": true }\n',
);
change("first");
console.log("installing wrangler 4.164.0");
execFileSync("npm", [...npm, project, "wrangler@4.164.0"], { stdio: "inherit" });
const path = `${nodeForWrangler()}:${process.env.PATH}`;

let stopped = false;
const stop = () => {
  if (!stopped) {
    stopped = true;
    spawnSync(clodo, ["sandbox", "stop"], { env: base(), cwd: project });
    rmSync(home, { recursive: true, force: true });
  }
};
process.on("exit", stop);
process.on("SIGINT", () => process.exit(130));

const env = { ...sandboxEnvironment(), PATH: path };
const tools = {
  "wrangler deploy": [join(project, "node_modules/.bin/wrangler"), ["deploy"]],
  "npx wrangler deploy": ["npx", ["wrangler", "deploy"]],
  "clodo deploy": [clodo, ["deploy", "--yes"]],
};
const names = Object.keys(tools);
const times = Object.fromEntries(names.map((name) => [name, []]));
for (const name of names) {
  change(`warm ${name}`);
  timed(name, ...tools[name], env);
}
for (let round = 0; round < rounds; round++) {
  for (let i = 0; i < names.length; i++) {
    const name = names[(i + round) % names.length];
    change(`round ${round} ${name}`);
    times[name].push(timed(name, ...tools[name], env));
  }
}
console.log(`\n${rounds} rounds, wall time in ms`);
for (const name of names) {
  const own = times[name];
  console.log(
    `  ${name.padEnd(20)} median ${median(own).toFixed(0).padStart(6)}   min ${Math.min(...own).toFixed(0)}   max ${Math.max(...own).toFixed(0)}`,
  );
}
const paired = (a, b) => median(times[a].map((value, i) => value / times[b][i]));
console.log(`\n  clodo / wrangler       ${paired("clodo deploy", "wrangler deploy").toFixed(2)}   (at most 1.10 is wanted)`);
console.log(`  clodo / npx wrangler   ${paired("clodo deploy", "npx wrangler deploy").toFixed(2)}   (below 1.00 is wanted)`);
