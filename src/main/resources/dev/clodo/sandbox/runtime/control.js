// Events that no visitor causes: the sandbox asks for them here, and they reach a version through
// its process's debug port.
export async function control(request, env) {
  const asked = await request.json();
  if (asked.clock !== undefined) {
    skew.millis = asked.clock;
    return Response.json({});
  }
  return Response.json({ error: "unknown event" }, { status: 400 });
}

// How far the sandbox's clock is ahead of the machine's.
export const skew = { millis: 0 };
