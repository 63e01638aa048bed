// Paired: each round changes the Worker's source three times and deploys it once with wrangler as its
// bin starts it, once through npx and once with clodo, in an order that turns from round to round. The
// sandbox answers all of them, so what differs is the tool. Ratios are medians of the ratios of each round.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clodo, install, median, sandbox, workplace } from "../lib/bench.mjs";

const rounds = Number(process.argv[2] ?? 9);
const place = workplace("overhead", () => ({ CI: "1" }));
const { project } = place;

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

mkdirSync(join(project, "src"), { recursive: true });
writeFileSync(
  join(project, "wrangler.jsonc"),
  '{ "name": "overhead", "main": "src/index.ts", "compatibility_date": "2025-09-01", "workers_dev": true }\n',
);
change("first");
install(place);

const env = sandbox(place);
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
