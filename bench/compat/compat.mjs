// Each command is run twice in the same folder with the same variables and input: plain, as wrangler's bin starts it, and
// through clodo. Standard output, standard error and the exit code must be equal byte by byte. Help pages need nothing but
// wrangler; the rest runs against one sandbox, with commands that may be repeated.
import { spawn } from "node:child_process";
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { clodo, install, median, sandbox, workplace } from "../lib/bench.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const every = Number(process.argv[2] ?? 1);
const LIMIT = 120_000;

const place = workplace("compat", (home) => ({
  HOME: home,
  // The log's name tells the time.
  WRANGLER_WRITE_LOGS: "false",
  // For both sides: most of what a help page costs is compiling wrangler.
  NODE_COMPILE_CACHE: join(home, "compiled"),
}));
const { project, base } = place;

/** Runs to the end, or until `until` was printed and the process group got the signal. */
function run(command, args, env, { input = "", until = "", signal = "SIGINT" } = {}) {
  return new Promise((done) => {
    const started = process.hrtime.bigint();
    const child = spawn(command, args, { cwd: project, env, detached: Boolean(until) });
    const out = [];
    const err = [];
    let sent = false;
    const guard = setTimeout(() => child.kill("SIGKILL"), LIMIT);
    const look = () => {
      if (until && !sent && Buffer.concat(out).includes(until)) {
        sent = true;
        process.kill(-child.pid, signal);
      }
    };
    child.stdout.on("data", (d) => (out.push(d), look()));
    child.stderr.on("data", (d) => err.push(d));
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    child.on("close", (code, by) => {
      clearTimeout(guard);
      const ms = Number(process.hrtime.bigint() - started) / 1e6;
      done({ exit: by ?? code, out: Buffer.concat(out).toString("hex"), err: Buffer.concat(err).toString("hex"), ms });
    });
  });
}

const times = [];
const different = [];
async function pair(args, env, options = {}) {
  const wrangler = join(project, "node_modules/.bin/wrangler");
  const first = run(wrangler, args, env, options);
  if (!options.atOnce) {
    await first;
  }
  const second = run(clodo, options.direct ? args : ["wrangler", ...args], env, options);
  const [plain, through] = await Promise.all([first, second]);
  times.push(through.ms / plain.ms);
  for (const ran of [plain, through]) {
    // The one thing that can't be equal: when a tail that begins now will expire.
    const text = Buffer.from(ran.out, "hex").toString("latin1");
    ran.out = Buffer.from(text.replace(/expires at \S+/, "expires at TIME"), "latin1").toString("hex");
  }
  const differs = ["exit", "out", "err"].filter((part) => plain[part] !== through[part]);
  if (differs.length > 0) {
    different.push(args.join(" "));
    const text = (hex) => Buffer.from(hex, "hex").toString();
    for (const part of differs) {
      const [a, b] = part === "exit" ? [plain.exit, through.exit] : [text(plain[part]), text(through[part])];
      console.log(`DIFFERENT ${part}: ${args.join(" ")}\n--- plain\n${a}\n--- clodo\n${b}`);
    }
  }
  return plain;
}

mkdirSync(join(project, "src"), { recursive: true });
writeFileSync(
  join(project, "wrangler.jsonc"),
  '{ "name": "compat", "main": "src/index.js", "compatibility_date": "2025-09-01", "workers_dev": true }\n',
);
writeFileSync(join(project, "src/index.js"), 'export default { fetch: () => new Response("hello") };\n');
install(place);

const plainEnv = { ...base, CLOUDFLARE_API_TOKEN: "none", CLOUDFLARE_ACCOUNT_ID: "0".repeat(32) };
const env = sandbox(place);

const api = [
  [["deploy"], { prepare: true }],
  [["whoami"]],
  [["deployments", "list"]],
  [["versions", "list", "--json"]],
  [["kv", "namespace", "create", "books"], { prepare: true }],
  [["kv", "namespace", "list"]],
  [["kv", "namespace", "list"], { direct: true }],
  [["kv", "key", "get", "x", "--namespace-id", "0".repeat(32), "--remote"]],
  [["d1", "create", "orders"], { prepare: true }],
  [["d1", "list", "--json"], { direct: true }],
  [["d1", "info", "missing", "--json"]],
  [["d1", "execute", "orders", "--remote", "--json", "--command", "select 1 as one"]],
  [["r2", "bucket", "create", "pictures"], { prepare: true }],
  [["r2", "bucket", "list"]],
  [["queues", "create", "mails"], { prepare: true }],
  [["queues", "list"], { direct: true }],
  [["secret", "put", "KEY"], { input: "a value from a pipe\n" }],
  [["secret", "put", "KEY"], { input: "a value from a pipe\n", direct: true }],
  [["secret", "list"]],
  [["versions", "view", "00000000-0000-4000-8000-000000000000"]],
  [["tail", "compat", "--format", "pretty"], { until: "Connected to" }],
  [["tail", "compat", "--format", "pretty"], { until: "Connected to", direct: true, signal: "SIGTERM" }],
  [["no-such-command"]],
  [["deploy", "--no-such-option"]],
  [["d1", "execute"]],
];
let onSandbox = 0;
for (const [args, options = {}] of api) {
  if (options.prepare) {
    await run(join(project, "node_modules/.bin/wrangler"), args, env);
  } else {
    await pair(args, env, options);
    onSandbox++;
  }
}
console.log(`${onSandbox} commands on the sandbox compared, ${different.length} different`);

const commands = readFileSync(join(here, "commands.txt"), "utf8").trim().split("\n");
let pages = 0;
for (let i = 0; i < commands.length; i += every) {
  await pair([...commands[i].split(" "), "--help"], plainEnv, { atOnce: true });
  pages++;
  if (pages % 50 === 0) {
    console.log(`${pages} help pages, ${different.length} different`);
  }
}
const summary =
  `${pages} help pages of ${commands.length} and ${onSandbox} commands on the sandbox, ${different.length} different` +
  `; wall time through clodo / plain, median ${median(times).toFixed(2)} (load ${loadavg()[0].toFixed(1)})`;
console.log(summary);
if (process.env.CLODO_COMPAT_LOG) {
  appendFileSync(process.env.CLODO_COMPAT_LOG, `${summary}\n${different.join("\n")}\n`);
}
process.exitCode = different.length === 0 ? 0 : 1;
