// Stands beside each version in its process. It reports what the version did, and carries calls to
// other Workers, which live in processes of their own.
import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";

export default {};

export class Tail extends WorkerEntrypoint {
  async tail(items) {
    const { script, version } = this.ctx.props;
    await this.env.control.fetch("http://control/tail", {
      method: "POST",
      headers: { "X-Clodo-Script": script, "X-Clodo-Version": version },
      body: JSON.stringify(items),
    });
  }
}

// Asks where a script runs now: each call may go to another version.
async function locate(control, path, headers) {
  const answer = await control.fetch(`http://control/${path}`, { headers });
  if (!answer.ok) {
    throw new Error(await answer.text());
  }
  return answer.json();
}

export class RemoteObject extends DurableObject {}
