// The main module of every version: passes the uploaded module's exports on unchanged, and adds an
// entrypoint that tells the sandbox what they are. No Worker and no traffic reaches that one.
import * as uploaded from "./CLODO_MAIN";
export * from "./CLODO_MAIN";
export default uploaded.default ?? {};

const EVENTS = ["fetch", "scheduled", "queue", "email", "tail", "trace", "tailStream", "connect", "test"];

function handlersOf(value) {
  const holder = typeof value === "function" ? value.prototype : value;
  return holder ? EVENTS.filter((event) => typeof holder[event] === "function") : [];
}

export const ClodoInspection = {
  fetch() {
    return Response.json({
      handlers: handlersOf(uploaded.default),
      classes: Object.keys(uploaded).filter((name) => name !== "default"),
    });
  },
};
