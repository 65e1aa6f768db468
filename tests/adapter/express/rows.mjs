// A database that is a list of rows, a keyfile made by hand, and keys as pcx makes them: for the tests
// that need no server. The checksum is Node's own CRC-32, the digest its own HMAC.
import { createHmac, randomBytes, randomInt } from "node:crypto";
import { writeFileSync } from "node:fs";
import { crc32 } from "node:zlib";

import { ApiKeys, collected, fakeClock, newFile } from "./support.mjs";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
export const base62 = (count) =>
  Array.from({ length: count }, () => BASE62[randomInt(62)]).join("");

export function withChecksum(text) {
  let digits = "";
  for (let rest = crc32(text), i = 0; i < 6; i++, rest = Math.floor(rest / 62)) {
    digits = BASE62[rest % 62] + digits;
  }
  return text + digits;
}

export const newToken = (kind = "live", id = base62(10)) =>
  withChecksum(`pcx_${kind}_${id}_${base62(43)}`);

export const PEPPERS = { 3: Buffer.alloc(32, 0x33), 5: Buffer.alloc(32, 0x55) };
export const digestOf = (text, pepper = 5) =>
  createHmac("sha256", PEPPERS[pepper]).update(text).digest("hex");

const entryOf = (key, change) => ({
  ...{ purpose: "pepper", format: "v2", state: "active", key: key.toString("base64") },
  ...change,
});

export function keyfileText(peppers = PEPPERS, changes = {}) {
  const entries = Object.entries(peppers).map(([id, key]) => [id, entryOf(key, changes[id])]);
  const write = { pepper: Number(entries.at(-1)?.[0]) };
  return JSON.stringify({ pcx_keyfile: 1, write, keys: Object.fromEntries(entries) });
}

export function keyfile(text = keyfileText(), mode = 0o600) {
  const file = newFile();
  writeFileSync(file, text, { mode });
  return file;
}

export const timeText = (ms, micros = "000") => `${new Date(ms).toISOString().slice(0, -1)}${micros}Z`;

// As the statement gives it; a good key of everything, used from anywhere.
export function rowOf(text, change = {}) {
  const pepper = change.pepper ?? 5;
  return {
    ...{ id: String(text).split("_")[2] ?? "adopted000", row_id: `row-${digestOf(text).slice(0, 8)}` },
    ...{ kind: "live", hash: change.hash ?? digestOf(text, pepper), pepper, name: "a key", scopes: ["**"] },
    ...{ rate: null, status: "active", owner: null, tenant: null, cidrs: [], created_by: "ann" },
    ...{ revoked_by: null, revoke_reason: null, replaced_by: null, revoked_at: null },
    ...{ created_at: "2026-01-01T00:00:00.000000Z", expires_at: null, last_used_at: null },
    ...{ grace_until: null, ...change },
  };
}
// One that is not adopted yet.
export const plainRow = (plain, change = {}) => ({
  ...rowOf("", { id: "", kind: "adopted", hash: "", pepper: 0, ...change }),
  plain,
});

// ApiKeys over `rows`, under a clock that is moved by hand; `asked` are the look-ups.
export function keysOver(rows, options = {}) {
  const clock = fakeClock();
  const onError = collected();
  const asked = [];
  const written = [];
  async function query(sql, params) {
    if (!sql.includes("unnest")) {
      written.push({ sql, rows: JSON.parse(params[0]) });
      return [];
    }
    asked.push(params);
    const [digests, plain] = params;
    const found = rows.filter((row) => digests.includes(row.hash) || (plain !== null && row.plain === plain));
    return found.map(({ plain: _, ...row }) => row);
  }
  const keys = new ApiKeys({ keyfile: keyfile(), query, onError, clock, ...options });
  return { keys, clock, asked, written, errors: onError.errors };
}

export const randomKey = () => randomBytes(32).toString("hex");
