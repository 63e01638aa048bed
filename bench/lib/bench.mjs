// What the comparisons of Clodo with wrangler have in common: a home of their own, a project with wrangler in it, a sandbox,
// and that nothing of these is left behind.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const clodo = process.env.CLODO ?? resolve(dirname(fileURLToPath(import.meta.url)), "../../clodo");

const NODE = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;

/** Folders, and the variables that `more` names beside those of the process. They go, and the sandbox ends, with the process. */
export function workplace(name, more) {
  const home = mkdtempSync(join(tmpdir(), `clodo-${name}-`));
  const project = join(home, "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), `{ "name": "${name}", "private": true }\n`);
  const node = join(project, "node_modules", NODE, "bin");
  const base = {
    ...process.env,
    PATH: `${node}:${process.env.PATH}`,
    CLODO_SANDBOX_HOME: join(home, "sandbox"),
    WRANGLER_SEND_METRICS: "false",
    ...more(home),
  };
  let stopped = false;
  process.on("exit", () => {
    if (!stopped) {
      stopped = true;
      spawnSync(clodo, ["sandbox", "stop"], { env: base, cwd: project });
      rmSync(home, { recursive: true, force: true });
    }
  });
  process.on("SIGINT", () => process.exit(130));
  return { home, project, base };
}

/** Wrangler 4.164.0 and a Node that it runs on; clodo is built, if need be. */
export function install({ project, base }) {
  console.log("installing wrangler 4.164.0 and a Node for it");
  const quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
  execFileSync("npm", ["install", ...quiet, "--prefix", project, "wrangler@4.164.0", `${NODE}@22.23.3`], {
    stdio: "inherit",
  });
  spawnSync(clodo, ["--version"], { env: base });
}

/** The variables that the sandbox asks a shell to set; the token is read from a file, so a shell it is. */
export function sandbox({ project, base }) {
  const script = 'eval "$("$0" sandbox start --env)" && exec "$1" -p "JSON.stringify(process.env)"';
  return JSON.parse(
    execFileSync("sh", ["-c", script, clodo, process.execPath], { env: base, encoding: "utf8", cwd: project }),
  );
}

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
