// The main module of the storage process: finds the object that keeps a namespace, database or
// bucket, and lets it answer. Only configurations know the token, so a Worker can't name another's.
export { Namespace } from "./kv.js";
export { Database } from "./d1.js";
export { Bucket } from "./r2.js";
import { control } from "./control.js";

const KEEPERS = { kv: "NAMESPACE", d1: "DATABASE", r2: "BUCKET" };

export default {
  async fetch(request, env) {
    if (request.headers.get("X-Clodo-Token") !== env.TOKEN) {
      return new Response("not for you", { status: 403 });
    }
    const service = request.headers.get("X-Clodo-Service");
    if (service === "control") {
      return control(request, env);
    }
    const keeper = env[KEEPERS[service]];
    if (!keeper) {
      return new Response(`${service} is not available in the sandbox`, { status: 501 });
    }
    return keeper.getByName(request.headers.get("X-Clodo-Id")).fetch(request);
  },
};
