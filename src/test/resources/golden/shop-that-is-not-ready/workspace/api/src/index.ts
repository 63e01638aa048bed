export default {
  async fetch(request: Request, env: Env) {
    const session = await env.SESSIONS.get("s");
    await env.MAILS.send({ session, key: env.STRIPE_KEY });
    return Response.json(await env.DB.prepare("select * from orders").all());
  },
};

export const sendAll = (env: Env, mails: []) => env.MAILS.sendBatch(mails);
