// What the database is told: uses once a minute, and rows of api_usage_metrics. Here without one.
import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { keysOver, newToken, plainRow, rowOf } from "./rows.mjs";
import { EXPRESS, serve } from "./support.mjs";

const good = newToken();
const narrow = newToken();
const OLD = "pc_live_1234";
const rows = [rowOf(good), rowOf(narrow, { scopes: [] }), plainRow(OLD, { row_id: "old" })];
const withKey = (key, more) => ({ headers: { "x-api-key": key, ...more } });
const AT = "2026-11-28T12:00:00.000Z"; // of keysOver()

async function opened(t, options, given = rows) {
  const over = keysOver(given, options);
  const app = EXPRESS[5]();
  const visits = EXPRESS[5].Router({ mergeParams: true });
  visits.post("/", (_req, res) => res.end());
  visits.get("/:visitId", (_req, res) => res.end());
  visits.get(["/", "/all"], (_req, res) => res.end());
  app.use("/api/v1", over.keys.require());
  app.get("/api/v1/patients/:id", over.keys.require("patients:read"), (_req, res) => res.end());
  app.get(/^\/api\/v1\/(\d+)$/, (_req, res) => res.end());
  app.use("/api/v1/owners/:owner/visits", visits);
  app.use("/api/v1/plain", (_req, res) => res.end());
  return { ...over, request: await serve(t, app) };
}

test("tells uses once, off the request's path", async (t) => {
  const { keys, clock, request, written } = await opened(t);
  for (let i = 0; i < 3; i++) await request("/api/v1/patients/7", withKey(good));
  await request("/api/v1/patients/7", withKey(narrow)); // the first require() takes it
  await request("/api/v1/plain", withKey(OLD));
  await request("/api/v1/plain", withKey(newToken()));
  assert.deepEqual(written, []);
  clock.pass(12 * 60 * 60 * 1000); // past midnight
  await request("/api/v1/plain", withKey(good));
  await keys.flush();
  const use = (row, calls, day = "2026-11-28", used = AT) => ({
    ...{ id: row.id, row_id: row.row_id, day, calls, refused: 0, used },
  });
  assert.deepEqual(written.map(({ rows: told }) => told), [[
    use(rows[0], 3),
    use(rows[1], 1),
    use(rows[2], 1),
    use(rows[0], 1, "2026-11-29", "2026-11-29T00:00:00.000Z"),
  ]]);
  await keys.flush();
  assert.equal(written.length, 1);
});

test("counts what a known key was refused for", async (t) => {
  const { keys } = keysOver([]);
  const over = keysOver(rows);
  const app = EXPRESS[5]();
  app.use(over.keys.require("patients:read"), (_req, res) => res.end());
  const request = await serve(t, app);
  await request("/", withKey(narrow));
  await request("/", withKey(newToken()));
  await request("/");
  await over.keys.flush();
  const [{ rows: told }] = over.written;
  assert.deepEqual(told.map(({ calls, refused, used }) => [calls, refused, used]), [[0, 1, null]]);
  await keys.verify(good);
  await keys.flush();
});

test("waits a minute", async (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  const { keys, written } = keysOver([rowOf(good)]);
  const handler = keys.require();
  const use = () =>
    new Promise((resolve) => handler({ headers: { "x-api-key": good } }, { headersSent: false }, resolve));
  await use();
  await use();
  mock.timers.tick(59_999);
  assert.equal(written.length, 0);
  mock.timers.tick(1);
  await keys.flush();
  assert.equal(written.length, 1);
  assert.equal(written[0].rows[0].calls, 2);
  mock.timers.tick(600_000);
  assert.equal(written.length, 1);
});

test("does not keep the process alive", async () => {
  const { keys } = keysOver([rowOf(good)], { metrics: true });
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  const response = { headersSent: false, once: (_event, listener) => listener() };
  await new Promise((resolve) => keys.require()({ headers: { "x-api-key": good } }, response, resolve));
  assert.equal(timers(), before);
});

test("keeps what could not be told, and fails no request for it", async (t) => {
  let isDown = true;
  const over = keysOver(rows);
  const told = [];
  const query = async (sql, params) => {
    if (sql.includes("unnest")) return [rowOf(good)];
    if (isDown) throw Object.assign(new Error("permission denied for table apikey_usage"), { code: "42501" });
    told.push(JSON.parse(params[0]));
    return [];
  };
  const { keys, errors, request } = await opened(t, { query, metrics: true });
  const ask = async () => assert.equal((await request("/api/v1/plain", withKey(good))).status, 200);
  await ask();
  await keys.flush();
  await ask();
  await keys.flush();
  const messages = errors.map(({ message }) => message);
  assert.equal(messages.length, 4);
  assert.match(messages.find((one) => one.includes("apikey_usage,")), /needs SELECT, INSERT and UPDATE/);
  assert.match(messages.find((one) => one.includes("INSERT on public.api_usage_metrics")), /\(42501\)/);
  isDown = false;
  await ask();
  await keys.flush();
  const [uses, metrics] = "calls" in told[0][0] ? told : told.toReversed();
  assert.deepEqual(uses.map(({ calls }) => calls), [3]);
  assert.equal(metrics.length, 3);
  assert.equal(new Set(metrics.map(({ id }) => id)).size, 3);
  assert.deepEqual(over.errors, []);
});

test("names endpoints by their patterns", async (t) => {
  const { keys, request, written } = await opened(t, { metrics: true });
  const targets = {
    "/api/v1/patients/7?name=rex": "/api/v1/patients/:id",
    "/api/v1/owners/miller/visits/9": "/api/v1/owners/:owner/visits/:visitId",
    "/api/v1/owners/4711/visits/9": "/api/v1/owners/:owner/visits/:visitId",
    "/api/v1/owners/miller/visits": "/api/v1/owners/:owner/visits/|/all",
    "/api/v1/4711": "/^\\/api\\/v1\\/(\\d+)$/",
    "/api/v1/plain": "/api/v1/plain",
    "/api/v1/nowhere/4711": "(no route)",
  };
  for (const target of Object.keys(targets)) await request(target, withKey(good));
  await request("/api/v1/patients/7", withKey(narrow));
  await request("/api/v1/owners/miller/visits", { ...withKey(good), method: "POST" });
  await request("/api/v1/patients/7"); // of nobody
  await keys.flush();
  const metrics = written.find(({ rows: told }) => "endpoint" in told[0]).rows;
  assert.deepEqual(metrics.map(({ endpoint }) => endpoint), [
    ...Object.values(targets),
    "/api/v1/patients/:id",
    "/api/v1/owners/:owner/visits",
  ]);
  assert.deepEqual(metrics.map(({ status }) => status), [200, 200, 200, 200, 200, 200, 404, 403, 200]);
  const { id, ms, ...rest } = metrics[0];
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.ok(Number.isInteger(ms) && ms >= 0);
  assert.deepEqual(rest, {
    ...{ key: rows[0].row_id, endpoint: "/api/v1/patients/:id", method: "GET", status: 200 },
    ...{ at: AT, address: null, agent: null },
  });
});

test("names addresses and user agents only when asked to", async (t) => {
  const one = async (metrics, options) => {
    const { keys, request, written } = await opened(t, { metrics, ...options });
    await request("/api/v1/plain", withKey(good, { "User-Agent": "curl/8" }));
    await keys.flush();
    const found = written.find(({ rows: told }) => "endpoint" in told[0]);
    return found && [found.rows[0].address, found.rows[0].agent, found.rows[0].endpoint];
  };
  assert.equal(await one(false), undefined);
  assert.equal(await one(undefined), undefined);
  assert.deepEqual(await one({}), [null, null, "/api/v1/plain"]);
  assert.deepEqual(await one({ address: true }), ["127.0.0.1", null, "/api/v1/plain"]);
  assert.deepEqual(await one({ userAgent: true }), [null, "curl/8", "/api/v1/plain"]);
  assert.deepEqual(await one(true, { endpoint: () => "mine" }), [null, null, "mine"]);
});

test("measures a request whose endpoint() fails, or gives what no column holds", async (t) => {
  const wrong = {
    throws: () => {
      throw new Error("no endpoint");
    },
    rejects: async () => Promise.reject(new Error("later")),
    none: () => undefined,
  };
  for (const [name, endpoint] of Object.entries(wrong)) {
    const { keys, request, written, errors } = await opened(t, { metrics: true, endpoint });
    assert.equal((await request("/api/v1/plain", withKey(good))).status, 200);
    await keys.flush();
    const { rows: told } = written.find(({ rows: all }) => "endpoint" in all[0]);
    assert.deepEqual([told[0].endpoint, told[0].status], ["(no route)", 200], name);
    assert.equal(errors.length, name === "none" ? 0 : 1);
  }
  const odd = () => `a\0b${"x".repeat(252)}\u{1f600}`; // cut within the last character
  const { keys, request, written } = await opened(t, { metrics: true, endpoint: odd });
  await request("/api/v1/plain", withKey(good));
  await keys.flush();
  const { rows: told } = written.find(({ rows: all }) => "endpoint" in all[0]);
  assert.equal(told[0].endpoint, `a?b${"x".repeat(252)}?`);
});

test("drops rows rather than keep more than ten thousand, and says how many", async () => {
  let isDown = true;
  let count = 0;
  const query = async (sql, params) => {
    if (sql.includes("unnest")) return [rowOf(good)];
    if (isDown) throw new Error("down");
    if (sql.includes("api_usage_metrics")) count += JSON.parse(params[0]).length;
    return [];
  };
  const { keys, errors } = keysOver([], { query, metrics: true });
  const handler = keys.require();
  const response = { headersSent: false, statusCode: 200, once: (_event, listener) => listener() };
  for (let i = 0; i < 10_005; i++) {
    const request = { headers: { "x-api-key": good }, method: "GET", baseUrl: "" };
    await new Promise((resolve) => handler(request, response, resolve));
  }
  await keys.flush();
  assert.ok(errors.some(({ message }) => /^5 rows of api_usage_metrics were dropped/.test(message)));
  isDown = false;
  await keys.flush();
  assert.equal(count, 10_000);
});

test("warns the process when nobody else is told", async () => {
  const query = async () => Promise.reject(new Error("down"));
  const { keys } = keysOver([], { query, onError: undefined });
  const warned = new Promise((resolve) => process.once("warning", resolve));
  const response = { headersSent: false, getHeader() {}, setHeader() {}, end() {} };
  keys.require()({ headers: { "x-api-key": good } }, response, assert.fail);
  assert.equal((await warned).name, "ApiKeysError");
});
