const encoder = new TextEncoder();

/** Signs a note's address, so that whoever has the link may read this one note. */
export async function signature(key: string, tenant: string, id: string): Promise<string> {
  const bytes = await crypto.subtle.sign("HMAC", await imported(key), encoder.encode(`${tenant}/${id}`));
  return hex(bytes);
}

/** Compares in constant time: WebCrypto's verify does. */
export async function matches(key: string, tenant: string, id: string, by: string): Promise<boolean> {
  if (!/^[0-9a-f]{64}$/.test(by)) {
    return false;
  }
  const bytes = Uint8Array.from(by.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return crypto.subtle.verify("HMAC", await imported(key), bytes, encoder.encode(`${tenant}/${id}`));
}

function imported(key: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", encoder.encode(key), { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
}

function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
