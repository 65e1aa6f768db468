// On a sandbox: keys that pcx made, changed under the middleware's eyes, and what it writes.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { before, test } from "node:test";

import { newToken } from "./rows.mjs";
import { ApiKeys, collected, EXPRESS, fakeClock, makeKey, makeKeyring, newPepper } from "./support.mjs";
import { openClient, openPool, queryOf, revokeKey, rotateKey, serve, urlOf, writeKeyfile } from "./support.mjs";

before(makeKeyring);

// ApiKeys on the sandbox, with the errors that it tells.
function open(t, { url, ...options } = {}) {
  const pool = openPool(t, url);
  const onError = collected();
  const made = new ApiKeys({ keyfile: writeKeyfile(), query: queryOf(pool), onError, ...options });
  return { keys: made, pool, errors: onError.errors, codeOf: async (text, from) => (await made.verify(text, from)).code };
}

const sql = async (t, text, params) => (await openPool(t).query(text, params)).rows;

test("takes what pcx makes, as pcx says", async (t) => {
  const { keys, codeOf } = open(t);
  const words = ["--owner", "42", "--tenant", "t1", "--rate", "600", "--expires", "2099-01-01"];
  const key = makeKey(...words, "--scope", "patients:read", "--scope", "invoices:*");
  const { code, key: seen } = await keys.verify(key.text, { scopes: ["invoices:write"] });
  assert.equal(code, "VALID");
  assert.deepEqual([seen.keyId, seen.kind, seen.name, seen.userId, seen.tenantId], [key.id, "live", "a key", "42", "t1"]);
  assert.deepEqual(seen.scopes, ["patients:read", "invoices:*"]);
  assert.deepEqual([seen.rateLimit, seen.expiresAt], [600, new Date("2099-01-01")]);
  assert.equal(await codeOf(key.text, { scopes: ["patients:write"] }), "INSUFFICIENT_SCOPE");
  const bound = makeKey("--test", "--cidr", "10.0.0.0/8", "--cidr", "2001:db8::/32");
  for (const [address, expected] of Object.entries({
    ...{ "10.1.2.3": "VALID", "::ffff:10.1.2.3": "VALID", "2001:db8::1": "VALID" },
    ...{ "11.1.2.3": "IP_DENIED", "::1": "IP_DENIED", "": "IP_DENIED" },
  })) {
    assert.equal(await codeOf(bound.text, { address }), expected, address);
  }
  assert.equal(await codeOf(newToken()), "NOT_FOUND");
  assert.equal(await codeOf(newToken("live", key.id)), "NOT_FOUND", "another secret");
});

test("takes keys that are not adopted yet, and nothing that stands in place of one", async (t) => {
  const { codeOf } = open(t);
  const [{ key, id }] = await sql(t, `SELECT key, id FROM api_keys WHERE status = 'active'
    AND ("expiresAt" IS NULL OR "expiresAt" > '2050-01-01') AND NOT key ^@ 'pcx:' LIMIT 1`);
  assert.equal(await codeOf(key), "VALID");
  const { id: made } = makeKey();
  assert.equal(await codeOf(`pcx:${made}`), "NOT_FOUND");
  const hash = `SELECT encode(hash, 'hex') AS hash, row_id FROM pcx.apikey WHERE id = $1`;
  const [{ hash: digest, row_id: row }] = await sql(t, hash, [made]);
  for (const text of [digest, `sha256:${digest}`, `\\x${digest}`]) {
    assert.equal(await codeOf(text), "NOT_FOUND");
  }
  // Whoever can write the table makes no key by writing his own digest.
  const known = newToken();
  await sql(t, "UPDATE pcx.apikey SET hash = sha256($1) WHERE id = $2", [known, made]);
  assert.equal(await codeOf(known), "NOT_FOUND");
  await sql(t, "UPDATE api_keys SET key = 'sha256:' || encode(sha256($1), 'hex') WHERE id = $2", [known, row]);
  assert.equal(await codeOf(known), "NOT_FOUND");
  await sql(t, "UPDATE api_keys SET status = 'off' WHERE id = $1", [id]);
  assert.equal(await codeOf(key), "VALID", "half a minute long");
  assert.equal(await open(t).codeOf(key), "REVOKED");
});

test("ends grace and expiry at their instant, in the cache too", async (t) => {
  const clock = fakeClock(Date.now());
  const { codeOf } = open(t, { clock });
  const [key, short] = [makeKey(), makeKey("--expires", "1h")];
  const after = rotateKey(key.id, "--grace", "1h");
  const until = async (text, params) => Number((await sql(t, text, params))[0].ms);
  const grace = await until("SELECT extract(epoch FROM grace_until) * 1000 AS ms FROM pcx.apikey WHERE id = $1", [key.id]);
  const expiry = await until(`SELECT extract(epoch FROM "expiresAt") * 1000 AS ms FROM api_keys
    JOIN pcx.apikey AS k ON k.row_id = api_keys.id WHERE k.id = $1`, [short.id]);
  const codes = async () => [await codeOf(key.text), await codeOf(short.text), await codeOf(after.text)];
  assert.deepEqual(await codes(), ["VALID", "VALID", "VALID"]);
  clock.now = expiry - 1;
  assert.equal(await codeOf(short.text), "VALID");
  clock.now = expiry;
  assert.deepEqual(await codes(), ["VALID", "EXPIRED", "VALID"]);
  clock.now = Math.ceil(grace) - 1;
  assert.equal(await codeOf(key.text), "VALID");
  clock.now = Math.ceil(grace);
  assert.deepEqual(await codes(), ["REVOKED", "EXPIRED", "VALID"]);
  const [first, second] = [makeKey(), makeKey()];
  rotateKey(first.id, "--grace", "0s");
  clock.now = Date.now();
  assert.deepEqual([await codeOf(first.text), await codeOf(second.text)], ["REVOKED", "VALID"]);
});

test("sees a revocation at once when it listens, and half a minute later when not", async (t) => {
  const clock = fakeClock(Date.now());
  const { keys, codeOf, errors } = open(t);
  const { codeOf: deaf } = open(t, { clock });
  const client = await openClient(t);
  await keys.listen(client);
  const key = makeKey("--owner", "revoked one by one");
  assert.deepEqual([await codeOf(key.text), await deaf(key.text)], ["VALID", "VALID"]);
  const told = once(client, "notification");
  revokeKey(key.id);
  const committed = performance.now();
  await told;
  assert.equal(await codeOf(key.text), "REVOKED");
  assert.ok(performance.now() - committed < 1000);
  clock.pass(29_999);
  assert.equal(await deaf(key.text), "VALID");
  clock.pass(1);
  assert.equal(await deaf(key.text), "REVOKED");
  assert.deepEqual(errors, []);
});

test("goes on when the connection that listens is lost, and says so", async (t) => {
  const { keys, codeOf, errors } = open(t);
  const client = await openClient(t);
  await keys.listen(client);
  const key = makeKey();
  assert.equal(await codeOf(key.text), "VALID");
  const ended = new Promise((resolve) => client.once("end", resolve));
  await sql(t, "SELECT pg_terminate_backend($1)", [client.processID]);
  await ended;
  assert.ok(errors.length > 0);
  for (const { message } of errors) assert.match(message, /^listening: /);
  revokeKey(key.id);
  assert.equal(await codeOf(key.text), "VALID", "as without listening");
  await keys.listen(await openClient(t));
  assert.equal(await codeOf(key.text), "REVOKED", "what was told meanwhile counts");
});

test("takes keys of before and after a change of the pepper", async (t) => {
  const clock = fakeClock(Date.now());
  const file = writeKeyfile();
  const { codeOf, errors } = open(t, { keyfile: file, clock });
  const old = makeKey();
  assert.equal(await codeOf(old.text), "VALID");
  newPepper({ beforeActivating: () => writeKeyfile(file) });
  clock.pass(1000);
  const young = makeKey();
  const peppers = await sql(t, "SELECT pepper FROM pcx.apikey WHERE id = ANY ($1)", [[old.id, young.id]]);
  assert.equal(new Set(peppers.map(({ pepper }) => pepper)).size, 2);
  assert.deepEqual([await codeOf(old.text), await codeOf(young.text)], ["VALID", "VALID"]);
  assert.deepEqual(errors, []);
});

// --- the application's role

const GRANT = /^ \*   (GRANT .*);/gm;
const module = readFileSync(path.join(process.env.PCX_SOURCE, "lib/apikey/adapter/api-keys.ts"), "utf8");
const GRANTS = [...module.matchAll(GRANT)].map(([, grant]) => grant);

let roles = 0;
async function makeRole(t, grants) {
  const role = `app${++roles}`;
  await sql(t, `CREATE ROLE ${role} LOGIN`);
  for (const grant of grants) await sql(t, grant.replace(" TO app", ` TO ${role}`));
  t.after(async () => {
    const client = await openClient(t);
    await client.query(`DROP OWNED BY ${role}`);
    await client.query(`DROP ROLE ${role}`);
  });
  return urlOf(role);
}

function appOf(keys, scopes = ["patients:read"]) {
  const app = EXPRESS[5]();
  app.get("/patients/:id", keys.require(...scopes), (req, res) => res.json(req.apiKey));
  return app;
}

test("needs no right but those that its head names, and writes what it should", async (t) => {
  assert.ok(GRANTS.length > 0);
  const url = await makeRole(t, GRANTS);
  const { keys, errors } = open(t, { url, metrics: true });
  const request = await serve(t, appOf(keys));
  const [key, narrow] = [makeKey("--scope", "patients:*"), makeKey("--scope", "invoices:*")];
  const started = new Date(Date.now() - 1);
  const get = async (text) => (await request("/patients/7", { headers: { "x-api-key": text } })).status;
  for (const [text, status] of [[key.text, 200], [key.text, 200], [narrow.text, 403], [newToken(), 401]]) {
    assert.equal(await get(text), status);
  }
  await keys.flush();
  assert.equal(await get(key.text), 200);
  await keys.flush();
  assert.deepEqual(errors, []);
  const uses = await sql(t, `SELECT u.calls::int, u.refused::int, u.last_used_at AS used,
      to_char(a."lastUsedAt", 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS told
    FROM pcx.apikey AS k JOIN api_keys AS a ON a.id = k.row_id
    JOIN pcx.apikey_usage AS u ON u.key_id = k.id WHERE k.id = ANY ($1) ORDER BY u.calls`, [[key.id, narrow.id]]);
  assert.deepEqual(uses.map(({ calls, refused }) => [calls, refused]), [[0, 1], [3, 0]]);
  assert.deepEqual([uses[0].used, uses[0].told], [null, null]);
  assert.ok(uses[1].used > started && new Date(uses[1].told).getTime() === uses[1].used.getTime());
  const metrics = await sql(t, `SELECT m.endpoint, m.method, m."statusCode" AS status, m."ipAddress" AS ip,
      m."userAgent" AS agent, m.error, m."responseTime" >= 0 AS "isTimed", k.id,
      m."timestamp" AT TIME ZONE 'UTC' >= $2 AS "isNow"
    FROM api_usage_metrics AS m JOIN pcx.apikey AS k ON k.row_id = m."apiKeyId"
    WHERE k.id = ANY ($1) ORDER BY m."timestamp", status`, [[key.id, narrow.id], started]);
  const row = (id, status) => ({
    ...{ endpoint: "/patients/:id", method: "GET", status, ip: null, agent: null, error: null },
    ...{ isTimed: true, id, isNow: true },
  });
  assert.equal(metrics.length, 4);
  for (const [id, status] of [[key.id, 200], [narrow.id, 403]]) {
    assert.deepEqual(metrics.find((metric) => metric.id === id), row(id, status));
  }
});

// Without which right, what the request is answered, and what is told of it.
const WITHOUT = [
  [/^GRANT USAGE/, 503, /permission denied for schema pcx \(42501\); the role needs USAGE on schema pcx/],
  [/^GRANT SELECT ON/, 503, /permission denied for table (?:apikey|apikey_gone|api_keys) \(42501\); the role needs USAGE/],
  [/ON pcx.apikey_usage/, 200, /permission denied for table apikey_usage \(42501\); the role needs SELECT, INSERT/],
  [/^GRANT UPDATE/, 200, /permission denied for table api_keys \(42501\); .* UPDATE \("lastUsedAt"\) on public/],
  [/api_usage_metrics/, 200, /api_usage_metrics \(42501\); the role needs INSERT on public.api_usage_metrics/],
];

test("names the right that the role lacks", async (t) => {
  const key = makeKey("--scope", "**");
  for (const [missing, status, message] of WITHOUT) {
    const url = await makeRole(t, GRANTS.filter((grant) => !missing.test(grant)));
    const { keys, errors } = open(t, { url, metrics: true });
    const request = await serve(t, appOf(keys));
    const answer = await request("/patients/7", { headers: { "x-api-key": key.text } });
    assert.equal(answer.status, status, String(missing));
    await keys.flush();
    assert.equal(errors.length, 1);
    assert.match(errors[0].message, message);
  }
});

test("lets nobody in without a database, or without pcx in it", async (t) => {
  const key = makeKey();
  for (const [url, message] of [
    [urlOf().replace(/host=[^&]*/, "host=/nowhere"), /the database could not be asked: .*ENOENT/],
    [urlOf().replace("/purple_cross", "/template1"), /"pcx.apikey" does not exist \(42P01\)/],
    [urlOf().replace("/purple_cross", "/none"), /database "none" does not exist \(3D000\)/],
  ]) {
    const { keys, errors } = open(t, { url });
    const request = await serve(t, appOf(keys));
    assert.equal((await request("/patients/7", { headers: { "x-api-key": key.text } })).status, 503);
    assert.equal(errors.length, 1);
    assert.match(errors[0].message, message);
  }
});

test("tells the uses of all keys behind a fence that is not proven", async (t) => {
  const { keys, errors } = open(t);
  const key = makeKey();
  await sql(t, `INSERT INTO api_keys (id, name, key, "updatedAt") VALUES ('in-plain', 'p', 'a key in plain', now())`);
  await sql(t, "ALTER TABLE api_keys ADD CONSTRAINT pcx_api_keys_fence CHECK (key ^@ 'pcx:') NOT VALID");
  t.after(async () => {
    const client = await openClient(t);
    await client.query("ALTER TABLE api_keys DROP CONSTRAINT pcx_api_keys_fence");
    await client.query("DELETE FROM api_keys WHERE id = 'in-plain'");
  });
  const request = await serve(t, appOf(keys, []));
  for (const text of [key.text, "a key in plain"]) {
    assert.equal((await request("/patients/7", { headers: { "x-api-key": text } })).status, 200);
  }
  await keys.flush();
  assert.deepEqual(errors, []);
  const used = `SELECT a."lastUsedAt" IS NOT NULL AS "isUsed" FROM api_keys AS a
    LEFT JOIN pcx.apikey AS k ON k.row_id = a.id WHERE k.id = $1 OR a.id = 'in-plain' ORDER BY k.id NULLS LAST`;
  assert.deepEqual(await sql(t, used, [key.id]), [{ isUsed: true }, { isUsed: false }]);
});

test("does not write a row twice that was not acknowledged", async (t) => {
  const pool = openPool(t);
  let isBroken = true;
  const query = async (text, params) => {
    const { rows } = await pool.query(text, params);
    if (!text.includes("INSERT INTO public.api_usage_metrics") || !isBroken) return rows;
    isBroken = false;
    throw new Error("the connection broke");
  };
  const { keys, errors } = open(t, { query, metrics: true });
  const request = await serve(t, appOf(keys));
  const key = makeKey("--scope", "**");
  await request("/patients/7", { headers: { "x-api-key": key.text } });
  await keys.flush();
  await keys.flush();
  const count = `SELECT count(*)::int AS n FROM api_usage_metrics AS m
    JOIN pcx.apikey AS k ON k.row_id = m."apiKeyId" WHERE k.id = $1`;
  assert.deepEqual(errors.map(({ message }) => message), [
    "the database could not be asked: the connection broke",
  ]);
  assert.deepEqual([isBroken, await sql(t, count, [key.id])], [false, [{ n: 1 }]]);
});
