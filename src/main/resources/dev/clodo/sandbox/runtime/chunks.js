// Values of any size in a table of an object: a SQLite row holds 2 MB, a KV value 25 MiB.
const CHUNK = 1 << 20;

export class Chunks {
  constructor(sql, table) {
    this.sql = sql;
    this.table = table;
    sql.exec(`CREATE TABLE IF NOT EXISTS ${table} (
      id TEXT NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (id, part))`);
  }

  write(id, bytes) {
    this.remove(id);
    for (let part = 0; part * CHUNK < bytes.byteLength; part++) {
      this.sql.exec(
        `INSERT INTO ${this.table} VALUES (?, ?, ?)`,
        id,
        part,
        bytes.subarray(part * CHUNK, (part + 1) * CHUNK),
      );
    }
  }

  read(id, size) {
    const out = new Uint8Array(size);
    let at = 0;
    for (const { bytes } of this.sql.exec(
      `SELECT bytes FROM ${this.table} WHERE id = ? ORDER BY part`,
      id,
    )) {
      out.set(new Uint8Array(bytes), at);
      at += bytes.byteLength;
    }
    return out;
  }

  remove(id) {
    this.sql.exec(`DELETE FROM ${this.table} WHERE id = ?`, id);
  }
}
