// What the sandbox sets in the storage process itself.
export async function control(request) {
  skew.millis = (await request.json()).ahead;
  return Response.json({});
}

// How far the sandbox's clock is ahead of the machine's.
export const skew = { millis: 0 };
