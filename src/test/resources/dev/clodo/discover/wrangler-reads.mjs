// Asks the real wrangler what it makes of configurations: node wrangler-reads.mjs CLI JOBS ANSWERS
// A job is a line {"raw": file} | {"config": file, "env": name} | {"cwd": folder};
// its answer a line {"value": ...} | {"error": text}.
import fs from "node:fs";
import { createRequire } from "node:module";

const [cli, jobs, answers] = process.argv.slice(2);
const wrangler = createRequire(import.meta.url)(cli);
console.warn = () => {};
const quiet = { hideWarnings: true };

function answer(job) {
  try {
    if (job.raw) {
      return { value: wrangler.experimental_readRawConfig({ config: job.raw }).rawConfig };
    }
    if (job.cwd) {
      process.chdir(job.cwd);
      const config = wrangler.unstable_readConfig({}, { ...quiet, useRedirectIfAvailable: true });
      return { value: config.configPath ?? "" };
    }
    return { value: wrangler.unstable_readConfig({ config: job.config, env: job.env }, quiet) };
  } catch (error) {
    return { error: String(error.text ?? error.message) };
  }
}

const lines = fs.readFileSync(jobs, "utf8").trim().split("\n");
fs.writeFileSync(answers, lines.map((l) => JSON.stringify(answer(JSON.parse(l)))).join("\n"));
