export default {
  fetch: (request: Request, env: Env) => env.API.fetch(request),
};
