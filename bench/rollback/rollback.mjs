// Paired: each round brings the newer version back to one Worker with the API, then goes back once with wrangler and once with
// clodo, plainly and with --now, in an order that turns from round to round. A poller asks the edge all the time; a switch is
// visible when the answer is the earlier version's for the first time. Then all services of a workspace go back at once.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { loadavg } from "node:os";
import { join } from "node:path";
import { clodo, install, median, sandbox, workplace } from "../lib/bench.mjs";

const rounds = Number(process.argv[2] ?? 9);
const many = Number(process.argv[3] ?? 50);
const place = workplace("rollback", () => ({ CI: "1" }));
const { project } = place;
const LIMIT = 120_000;
const agent = new Agent({ keepAlive: true });

/** An idle connection may be closed the moment it is used, so a question is asked again. */
async function call(url, options = {}) {
  for (let attempt = 0; ; attempt++) {
    try {
      return await once(url, options);
    } catch (e) {
      if (attempt === 3) throw e;
    }
  }
}

function once(url, { method = "GET", headers = {}, body } = {}) {
  return new Promise((done, failed) => {
    const sent = request(url, { method, headers, agent, timeout: 5000 }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (d) => (text += d));
      answer.on("end", () => done({ status: answer.statusCode, text }));
    });
    sent.on("error", failed);
    sent.on("timeout", () => sent.destroy(new Error("no answer")));
    sent.end(body);
  });
}

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const name = (i) => `svc-${String(i).padStart(2, "0")}`;
function service(i, text) {
  const folder = join(project, name(i));
  mkdirSync(join(folder, "src"), { recursive: true });
  writeFileSync(
    join(folder, "wrangler.jsonc"),
    `{ "name": "${name(i)}", "main": "src/index.js", "compatibility_date": "2025-09-01", "workers_dev": true }\n`,
  );
  writeFileSync(join(folder, "src/index.js"), `export default { fetch: () => new Response(${JSON.stringify(text)}) };\n`);
}
for (let i = 0; i < many; i++) service(i, "earlier");
install(place);
const env = sandbox(place);
const edge = env.CLODO_EDGE;
const headers = { Authorization: `Bearer ${env.CLOUDFLARE_API_TOKEN}`, "Content-Type": "application/json" };
const api = (path) => `${env.CLOUDFLARE_API_BASE_URL}/accounts/${env.CLOUDFLARE_ACCOUNT_ID}/workers/scripts/${path}`;
const subdomain = JSON.parse(
  (await call(`${env.CLOUDFLARE_API_BASE_URL}/accounts/${env.CLOUDFLARE_ACCOUNT_ID}/workers/subdomain`, { headers })).text,
).result.subdomain;
const ask = async (i) =>
  (await call(edge, { headers: { Host: `${name(i)}.${subdomain}.workers.dev` } })).text;

console.log(`deploying ${many} services twice`);
function deploy() {
  const done = spawnSync(clodo, ["deploy", "--yes"], { env, cwd: project, encoding: "utf8", timeout: 900_000 });
  if (done.status !== 0) throw new Error(`clodo deploy: ${done.status}\n${done.stdout}\n${done.stderr}`);
}
deploy();
for (let i = 0; i < many; i++) service(i, "later");
deploy();

const versions = [];
for (let i = 0; i < many; i++) {
  const all = JSON.parse((await call(api(`${name(i)}/versions?deployable=true`), { headers })).text).result.items;
  all.sort((a, b) => a.number - b.number);
  versions.push({ earlier: all[0].id, later: all.at(-1).id });
}
async function forward(i) {
  const body = JSON.stringify({ strategy: "percentage", versions: [{ version_id: versions[i].later, percentage: 100 }] });
  const answer = await call(api(`${name(i)}/deployments`), { method: "POST", headers, body });
  if (answer.status !== 200) throw new Error(answer.text);
  while ((await ask(i)) !== "later") await sleep(5);
}

/** Runs a command; when each of the services answered with the earlier version, and when the command ended, in ms. */
async function goBack(command, args, services, cwd) {
  const started = process.hrtime.bigint();
  const since = () => Number(process.hrtime.bigint() - started) / 1e6;
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stdout.on("data", (d) => (said += d));
  child.stderr.on("data", (d) => (said += d));
  let ended = 0;
  const exit = new Promise((done) => child.on("close", (code) => ((ended = since()), done(code))));
  const waiting = new Set(services);
  let visible = 0;
  while (waiting.size > 0 && since() < LIMIT && !(ended > 0 && since() - ended > 5000)) {
    for (const i of waiting) {
      if ((await ask(i)) === "earlier") {
        waiting.delete(i);
        visible = since();
      }
    }
    await sleep(2);
  }
  const code = await exit;
  if (code !== 0 || waiting.size > 0) throw new Error(`${command} ${args.join(" ")}: ${code}, ${waiting.size} not back\n${said}`);
  return { visible, ended };
}

const first = join(project, name(0));
const to = versions[0].earlier;
const tools = {
  "wrangler rollback": [join(project, "node_modules/.bin/wrangler"), ["rollback", to, "-y", "-m", "bench"], [0], first],
  "clodo rollback": [clodo, ["rollback", name(0), "--to-version", to, "--yes"], [0], project],
  "clodo rollback --now": [clodo, ["rollback", name(0), "--to-version", to, "--now"], [0], project],
};
const names = Object.keys(tools);
const visible = Object.fromEntries(names.map((n) => [n, []]));
const ended = Object.fromEntries(names.map((n) => [n, []]));
for (let round = -1; round < rounds; round++) {
  for (let i = 0; i < names.length; i++) {
    const tool = names[(i + Math.max(round, 0)) % names.length];
    await forward(0);
    const took = await goBack(...tools[tool]);
    if (round >= 0) {
      visible[tool].push(took.visible);
      ended[tool].push(took.ended);
    }
  }
}
console.log(`\none of ${many} services, ${rounds} rounds, median ms (load ${loadavg()[0].toFixed(1)})`);
for (const tool of names) {
  console.log(`  ${tool.padEnd(22)} visible ${median(visible[tool]).toFixed(0).padStart(5)}   ended ${median(ended[tool]).toFixed(0).padStart(5)}`);
}
for (const tool of names.slice(1)) {
  const ratio = median(visible[tool].map((v, i) => v / ended["wrangler rollback"][i]));
  console.log(`  ${tool} visible / wrangler rollback ended   ${ratio.toFixed(2)}   (at most 0.25 is wanted, 0.15 is the aim)`);
}

console.log(`\nall ${many} services at once`);
const all = versions.map((_, i) => i);
for (const args of [["rollback", "--yes"], ["rollback", "--now"]]) {
  for (const i of all) await forward(i);
  const took = await goBack(clodo, args, all, project);
  console.log(
    `  clodo ${args.join(" ").padEnd(16)} last visible ${took.visible.toFixed(0)} ms, ended ${took.ended.toFixed(0)} ms   (visible in at most 2000 is wanted)`,
  );
}
