// Evaluated before the program: says which names it reads from process.env that have no value here.
const said = new Set();

function note(name) {
  if (typeof name === "string" && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !said.has(name)) {
    said.add(name);
    console.log("CLODO_MARK unset " + name);
  }
}

if (globalThis.process?.env) {
  try {
    Object.setPrototypeOf(
      globalThis.process.env,
      new Proxy(Object.prototype, {
        get(target, name) {
          if (!(name in target)) {
            note(name);
          }
          return target[name];
        },
        has(target, name) {
          if (!(name in target)) {
            note(name);
          }
          return name in target;
        },
      }),
    );
  } catch {
    // A runtime that does not allow it: then no name is said.
  }
}
