// Writes down what wrangler's own TOML parser makes of test cases, one JSON object a line:
//   node bench/toml/record.mjs FOLDER_OF_TOML_FILES FOLDER_OF_SMOL_TOML > src/test/resources/toml/NAME.jsonl
// wrangler 4.164.0 carries smol-toml 1.9.0. The official cases are those of https://github.com/toml-lang/toml-test
// 1.2.0, under src/test/resources/toml/LICENSE; own.jsonl holds what they leave out.
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";

const [cases, parser] = process.argv.slice(2);
const { parse } = await import(pathToFileURL(join(parser, "dist", "index.js")).href);

/** As wrangler reads a configuration: a mark of another encoding is refused, UTF-8's is skipped. */
function text(bytes) {
  const hex = bytes.subarray(0, 4).toString("hex");
  if (["0000feff", "fffe0000", "feff", "fffe"].some((mark) => hex.startsWith(mark))) {
    throw new Error("byte order mark");
  }
  return bytes.toString("utf-8").replace(/^\uFEFF/, "");
}

/** A date is {"$date": ""}: Clodo keeps it as written. Infinity and NaN are null, as in requests. */
function plain(value) {
  if (value instanceof Date) return { $date: "" };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, plain(v)]));
  }
  return typeof value === "number" && !Number.isFinite(value) ? null : value;
}

for (const name of readdirSync(cases, { recursive: true }).sort()) {
  if (!name.endsWith(".toml")) continue;
  const bytes = readFileSync(join(cases, name));
  const line = { case: relative(".", name).replace(/\.toml$/, "") };
  if (Buffer.from(bytes.toString("utf-8")).equals(bytes)) line.text = bytes.toString("utf-8");
  else line.base64 = bytes.toString("base64");
  try {
    line.value = plain(parse(text(bytes)));
  } catch (error) {
    line.refused = error.message.split("\n")[0];
  }
  console.log(JSON.stringify(line));
}
