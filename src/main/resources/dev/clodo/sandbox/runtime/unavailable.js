// A binding to what the sandbox does not run: any use of it fails and says so.
export default function unavailable({ type }) {
  const refuse = () => {
    throw new Error(`${type} is not available in the sandbox`);
  };
  const stub = new Proxy(function () {}, {
    // What merely looks at an object (printing it, awaiting it) must not fail.
    get: (_, name) => (typeof name === "symbol" || name === "then" || name === "toJSON" ? undefined : stub),
    apply: refuse,
    construct: refuse,
    set: refuse,
  });
  return stub;
}
