// Starts the program by importing it, then says what it exports. No handler of it is called.
import "./clodo-watch.js";
import * as program from "./CLODO_MAIN";
import * as platform from "cloudflare:workers";

const EVENTS = ["fetch", "scheduled", "queue", "email", "tail", "trace", "tailStream", "connect", "test", "alarm"];
const BASES = { DurableObject: "DURABLE_OBJECT", WorkerEntrypoint: "WORKER_ENTRYPOINT", WorkflowEntrypoint: "WORKFLOW_ENTRYPOINT" };

function kindOf(value) {
  if (typeof value === "function") {
    return /^class\b/.test(Function.prototype.toString.call(value)) || membersOf(value).length > 0 ? "CLASS" : "FUNCTION";
  }
  return value !== null && typeof value === "object" ? "OBJECT" : "OTHER";
}

function baseOf(value) {
  if (typeof value === "function" && value.prototype) {
    for (const [name, base] of Object.entries(BASES)) {
      if (platform[name] && value.prototype instanceof platform[name]) {
        return base;
      }
    }
  }
  return "NONE";
}

function membersOf(value) {
  const names = new Set();
  let holder = typeof value === "function" ? value.prototype : value;
  for (let depth = 0; holder && typeof holder === "object" && holder !== Object.prototype && depth < 20; depth++) {
    for (const [name, described] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
      if (name !== "constructor" && (typeof described.value === "function" || described.get)) {
        names.add(name);
      }
    }
    holder = Object.getPrototypeOf(holder);
  }
  return [...names].slice(0, 500);
}

function handlersOf(value) {
  const holder = typeof value === "function" ? value.prototype : value;
  return EVENTS.filter((event) => {
    try {
      return typeof holder?.[event] === "function";
    } catch {
      return false;
    }
  });
}

function told(value) {
  try {
    return { kind: kindOf(value), base: baseOf(value), members: membersOf(value) };
  } catch {
    return { kind: "OTHER", base: "NONE", members: [] };
  }
}

export default {
  async test() {
    const exports = {};
    for (const name of Object.keys(program)) {
      exports[name] = told(program[name]);
    }
    console.log("CLODO_MARK up " + JSON.stringify({ exports, handlers: handlersOf(program.default) }));
    // Stays, so that what the start has cost can be read; whoever started it ends it.
    await scheduler.wait(5000);
  },
};
