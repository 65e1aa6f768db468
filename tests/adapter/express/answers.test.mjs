// The middleware in Express 4 and 5: who passes, and what the others are answered.
import assert from "node:assert/strict";
import http from "node:http";
import net from "node:net";
import { once } from "node:events";
import { test } from "node:test";

import { keysOver, newToken, plainRow, rowOf, timeText } from "./rows.mjs";
import { ApiKeyRefusal, EXPRESS, serve } from "./support.mjs";

const PAST = timeText(Date.parse("2026-11-28T11:59:59.999Z"));
const NOW = timeText(Date.parse("2026-11-28T12:00:00Z")); // of the clock of keysOver()
const LATER = timeText(Date.parse("2026-11-28T12:00:00.001Z"));

const good = newToken();
const trial = newToken("test");
const ROWS = {
  good: [good, {}],
  trial: [trial, { kind: "test" }],
  scoped: [newToken(), { scopes: ["patients:read"] }],
  wild: [newToken(), { scopes: ["patients:*"] }],
  narrow: [newToken(), { scopes: ["patients:write", "patients"] }],
  powerless: [newToken(), { scopes: [] }],
  local: [newToken(), { cidrs: ["127.0.0.0/8"] }],
  remote: [newToken(), { cidrs: ["10.0.0.0/8", "2001:db8::/32"] }],
  revoked: [newToken(), { revoked_at: PAST, status: "revoked" }],
  disabled: [newToken(), { status: "disabled" }],
  inGrace: [newToken(), { replaced_by: "x", grace_until: LATER }],
  replaced: [newToken(), { replaced_by: "x", grace_until: NOW }],
  living: [newToken(), { expires_at: LATER }],
  expired: [newToken(), { expires_at: NOW }],
  old: [newToken(), { expires_at: PAST, scopes: [], cidrs: ["10.0.0.0/8"] }],
  gone: [newToken(), { expires_at: PAST, revoked_at: PAST }],
  elsewhere: [newToken(), { scopes: [], cidrs: ["10.0.0.0/8"] }],
};
const text = (name) => ROWS[name][0];
const rows = [...Object.values(ROWS).map(([token, change]) => rowOf(token, change)), plainRow("pc_live_12"), plainRow("one, with a comma")];

const MISSING = [401, "UNAUTHORIZED", "MISSING", "API key required"];
const INVALID = (code) => [401, "UNAUTHORIZED", code, "Invalid or revoked API key"];
const EXPIRED = [401, "UNAUTHORIZED", "EXPIRED", "API key expired"];
const ADDRESS = [403, "FORBIDDEN", "IP_DENIED", "Address not allowed"];
const SCOPE = [403, "FORBIDDEN", "INSUFFICIENT_SCOPE", "Insufficient scope"];
const PASSES = [200];

// What is presented at a route that needs patients:read, and the answer.
const TABLE = [
  [undefined, MISSING],
  ["", MISSING],
  [good, PASSES],
  [trial, PASSES],
  ["pc_live_12", PASSES],
  [text("scoped"), PASSES],
  [text("wild"), PASSES],
  [text("local"), PASSES],
  [text("inGrace"), PASSES],
  [text("living"), PASSES],
  [newToken(), INVALID("NOT_FOUND")],
  ["pc_live_13", INVALID("NOT_FOUND")],
  ["pcx:AbCdEfGhIj", INVALID("NOT_FOUND")],
  [`sha256:${"0".repeat(64)}`, INVALID("NOT_FOUND")],
  [rows[0].hash, INVALID("NOT_FOUND")],
  ["x".repeat(256), INVALID("NOT_FOUND")],
  ["x".repeat(257), INVALID("NOT_FOUND")],
  [`${good}, ${good}`, INVALID("BAD_CHECKSUM")],
  ["one, with a comma", PASSES],
  [[good, good], INVALID("NOT_FOUND")],
  [[good, trial], INVALID("NOT_FOUND")],
  [`Bearer ${good}`, INVALID("NOT_FOUND")],
  [good.slice(0, -1), INVALID("BAD_CHECKSUM")],
  [`${good.slice(0, -1)}${good.endsWith("0") ? "1" : "0"}`, INVALID("BAD_CHECKSUM")],
  ["pcx_live_", INVALID("BAD_CHECKSUM")],
  [text("revoked"), INVALID("REVOKED")],
  [text("disabled"), INVALID("REVOKED")],
  [text("replaced"), INVALID("REVOKED")],
  [text("gone"), INVALID("REVOKED")],
  [text("expired"), EXPIRED],
  [text("old"), EXPIRED],
  [text("remote"), ADDRESS],
  [text("elsewhere"), ADDRESS],
  [text("narrow"), SCOPE],
  [text("powerless"), SCOPE],
];

const withKey = (key) => (key === undefined ? {} : { headers: { "x-api-key": key } });

function appOf(express, keys) {
  const app = express();
  app.use((_req, res, next) => (res.setHeader("X-Correlation-ID", "c-1"), next()));
  app.get("/patients/:id", keys.require("patients:read"), (req, res) => res.json(req.apiKey));
  return app;
}

for (const [version, express] of Object.entries(EXPRESS)) {
  test(`answers as the table says, in Express ${version}`, async (t) => {
    const { keys, errors } = keysOver(rows);
    const request = await serve(t, appOf(express, keys));
    for (const round of ["asked", "cached"]) {
      for (const [key, [status, errorCode, code, message]] of TABLE) {
        const answer = await request("/patients/7", withKey(key));
        assert.equal(answer.status, status, `${round} ${key}`);
        if (status === 200) continue;
        const challenge = status === 401 ? 'ApiKey header="x-api-key"' : undefined;
        assert.equal(answer.headers["www-authenticate"], challenge);
        assert.equal(answer.headers["content-type"], "application/json; charset=utf-8");
        assert.equal(answer.headers["cache-control"], "no-store");
        assert.deepEqual(JSON.parse(answer.body), {
          ...{ status: "error", statusCode: status, errorCode, code, message },
          ...{ correlationId: "c-1", timestamp: "2026-11-28T12:00:00.000Z" },
        });
      }
    }
    assert.deepEqual(errors, []);
  });

  test(`hands errors to the application of Express ${version} when asked to`, async (t) => {
    const { keys } = keysOver(rows, { onRefusal: "next" });
    const app = appOf(express, keys);
    app.use((error, req, res, _next) => {
      assert.equal(req.apiKey, undefined);
      assert.ok(error instanceof ApiKeyRefusal && error instanceof Error);
      assert.equal(error.isOperational, true);
      const { statusCode, message, code, errorCode } = error;
      res.status(statusCode).json([errorCode, code, message]);
    });
    const request = await serve(t, app);
    for (const [key, [status, ...expected]] of TABLE) {
      const answer = await request("/patients/7", withKey(key));
      assert.equal(answer.status, status);
      if (status === 401) assert.ok(answer.headers["www-authenticate"]);
      if (status !== 200) assert.deepEqual(JSON.parse(answer.body), expected);
    }
  });

  test(`lets nobody in to Express ${version} when nobody can be asked`, async (t) => {
    let asked = 0;
    const query = async () => (asked++, Promise.reject(new Error(`no ${good} in here`)));
    const { keys, errors } = keysOver([], { query });
    const request = await serve(t, appOf(express, keys));
    const answer = await request("/patients/7", withKey(good));
    assert.equal(answer.status, 503);
    assert.equal(answer.headers["www-authenticate"], undefined);
    const { code, errorCode, message } = JSON.parse(answer.body);
    assert.deepEqual([code, errorCode], ["UNAVAILABLE", "SERVICE_UNAVAILABLE"]);
    assert.equal(message, "API keys cannot be checked at the moment");
    assert.equal((await request("/patients/7")).status, 401, "nobody has to be asked for this");
    assert.equal((await request("/patients/7", withKey("pcx_live_"))).status, 401);
    assert.equal(asked, 1);
    assert.deepEqual(errors.map(({ name }) => name), ["ApiKeysError"]);
  });
}

test("gives the application the key, and the next handler one key only", async (t) => {
  const { keys, asked } = keysOver(rows);
  const app = EXPRESS[5]();
  const seen = [];
  app.use("/v1", keys.require());
  app.use("/v1", (req, _res, next) => (seen.push(req.apiKey.id), next()));
  app.get("/v1/patients", keys.require("patients:read"), (req, res) => res.json(req.apiKey));
  app.get("/v1/open", (req, res) => res.json(req.apiKey.scopes));
  const request = await serve(t, app);
  const answer = await request("/v1/patients", withKey(text("scoped")));
  const { id, scopes } = JSON.parse(answer.body);
  assert.deepEqual([seen, scopes, asked.length], [[id], ["patients:read"], 1]);
  assert.equal((await request("/v1/patients", withKey(text("narrow")))).status, 403);
  assert.equal((await request("/v1/open", withKey(text("powerless")))).status, 200);
  assert.equal((await request("/v1/open")).status, 401);
  assert.equal((await request("/v1/nowhere")).status, 401);
  assert.equal((await request("/v1/nowhere", withKey(good))).status, 404);
  assert.equal((await request("/v1/patients", { ...withKey(good), method: "HEAD" })).status, 200);
  const refused = await request("/v1/patients", { method: "HEAD" });
  assert.deepEqual([refused.status, refused.body], [401, ""]);
});

test("lets Express say where a request comes from", async (t) => {
  const statusFrom = async (trust, options) => {
    const { keys } = keysOver(rows, options);
    const app = appOf(EXPRESS[5], keys);
    app.set("trust proxy", trust);
    const request = await serve(t, app);
    const headers = { "x-api-key": text("remote"), "X-Forwarded-For": "10.1.2.3" };
    return (await request("/patients/7", { headers })).status;
  };
  assert.equal(await statusFrom(false), 403);
  assert.equal(await statusFrom(1), 200);
  assert.equal(await statusFrom(1, { address: () => "11.0.0.1" }), 403);
  assert.equal(await statusFrom(false, { address: () => "2001:db8::1" }), 200);
  assert.equal(await statusFrom(1, { address: () => undefined }), 403);
});

const fails = (text) => () => {
  throw new Error(text);
};

test("takes a request for one from nowhere when address() fails", async (t) => {
  for (const address of [fails("no address"), () => 4711, async () => fails("later")()]) {
    const { keys, errors } = keysOver(rows, { address });
    const request = await serve(t, appOf(EXPRESS[5], keys));
    assert.equal((await request("/patients/7", withKey(text("remote")))).status, 403);
    assert.equal((await request("/patients/7", withKey(good))).status, 200);
    assert.deepEqual(errors.map(({ name }) => name), ["ApiKeysError", "ApiKeysError"]);
    assert.match(errors[0].message, /^address\(\) failed: (?:no address|it gave no text)$/);
  }
});

// A rejection that nobody handles, or an error in an event, would end the process.
test("survives what onError and the next handler throw", async (t) => {
  const query = async () => Promise.reject(new Error("down"));
  for (const onError of [fails("no logger"), async () => fails("no logger")()]) {
    const warned = once(process, "warning");
    const { keys } = keysOver([], { query, onError });
    const request = await serve(t, appOf(EXPRESS[5], keys));
    assert.equal((await request("/patients/7", withKey(good))).status, 503);
    assert.match((await warned)[0].message, /could not be asked: down/);
  }
  const told = new Promise((resolve) => {
    const { keys } = keysOver(rows, { onError: resolve });
    keys.require()({ headers: { "x-api-key": good } }, { once() {} }, fails("the next one"));
  });
  assert.equal((await told).message, "the next one");
});

// Sends bytes as they are, which no client of Node.js does.
async function raw(t, app, head) {
  const server = http.createServer(app).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const socket = net.connect(server.address().port, "127.0.0.1");
  socket.on("error", () => {}); // it may be closed while 1 MB is on its way
  socket.write(head, "latin1");
  let answer = "";
  for await (const piece of socket) {
    answer += piece;
    if (/\r\n\r\n/.test(answer)) break;
  }
  socket.destroy();
  return Number(answer.split(" ")[1]);
}

test("reads the header byte by byte", async (t) => {
  const umlauts = Buffer.from("schlüssel-é");
  const latin = Buffer.from([0x73, 0xfc]);
  const changed = { id: "AbCdEfGhIj" };
  const { keys } = keysOver([plainRow(umlauts.toString()), rowOf(latin, changed)]);
  const app = appOf(EXPRESS[5], keys);
  const status = (bytes) =>
    raw(t, app, `GET /patients/7 HTTP/1.1\r\nHost: x\r\nx-api-key: ${bytes.toString("latin1")}\r\n\r\n`);
  assert.equal(await status(umlauts), 200);
  assert.equal(await status(latin), 200);
  assert.equal(await status(Buffer.from("schlüssel-é", "latin1")), 401);
  assert.equal(await status(Buffer.from("ü".repeat(128))), 401);
});

test("counts headers, not commas", async (t) => {
  const { keys } = keysOver(rows);
  const status = (...lines) =>
    raw(t, appOf(EXPRESS[5], keys), ["GET /patients/7 HTTP/1.1", "Host: x", ...lines, "", ""].join("\r\n"));
  assert.equal(await status("X-Api-Key: one, with a comma"), 200);
  assert.equal(await status("X-Api-Key: one", "x-api-key: with a comma"), 401);
  assert.equal(await status(`X-API-KEY: ${good}`, "x-api-key:"), 401);
  assert.equal(await status("x-other: x-api-key", `x-api-key: ${good}`), 200);
});

test("is not asked for a header of a megabyte", async (t) => {
  const { keys, asked } = keysOver(rows);
  const app = appOf(EXPRESS[5], keys);
  const status = (key) => raw(t, app, `GET /patients/7 HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\n\r\n`);
  assert.equal(await status("x".repeat(1024 * 1024)), 431);
  assert.equal(await status("x".repeat(257)), 401);
  assert.equal(asked.length, 0);
  assert.equal(await status(good), 200);
});

test("takes what other middleware wrote into the headers for what it is", async (t) => {
  const statusOf = async (value) => {
    const app = EXPRESS[5]();
    app.use((req, _res, next) => ((req.headers["x-api-key"] = value), next()));
    app.use(keysOver(rows).keys.require(), (_req, res) => res.end());
    const request = await serve(t, app);
    return (await request("/")).status;
  };
  assert.equal(await statusOf(good), 200);
  assert.equal(await statusOf([good]), 401);
  assert.equal(await statusOf(`${String.fromCharCode(good.charCodeAt(0) + 256)}${good.slice(1)}`), 401);
});

test("answers nothing when the application has answered meanwhile", async (t) => {
  let answerQuery;
  const query = () => new Promise((resolve, reject) => (answerQuery = { resolve, reject }));
  const { keys, errors } = keysOver([], { query });
  const app = EXPRESS[5]();
  let passed = 0;
  let answer;
  app.use((_req, res, next) => ((answer = () => res.status(408).end()), next()));
  app.use(keys.require(), (_req, res) => (passed++, res.end()));
  const request = await serve(t, app);
  for (const end of [() => answerQuery.resolve([rowOf(good)]), () => answerQuery.reject(new Error("x"))]) {
    keys.forget("*");
    answerQuery = undefined;
    const answered = request("/", withKey(good));
    while (answerQuery === undefined) await new Promise(setImmediate);
    answer();
    end();
    assert.equal((await answered).status, 408);
  }
  assert.deepEqual([passed, errors.length], [0, 1]);
});
