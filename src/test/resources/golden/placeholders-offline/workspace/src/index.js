export default { fetch: (r, env) => env.DB.prepare('select 1').first().then((x) => new Response(env.MODE)) };
