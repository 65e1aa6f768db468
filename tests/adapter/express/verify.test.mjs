// What a key is and what it may do: texts, digests, scopes, addresses, times, the cache.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { inspect } from "node:util";

import { base62, digestOf, keysOver, newToken, plainRow, rowOf, timeText, withChecksum } from "./rows.mjs";
import { ApiKeysError } from "./support.mjs";

const TOKEN = newToken();
const sourceOf = (name) => readFileSync(path.join(process.env.PCX_SOURCE, name), "utf8");
const STORED = JSON.parse(sourceOf("tests/data/stored-digests.json"));
const codeOf = async (keys, text, from) => (await keys.verify(text, from)).code;

test("takes keys of both kinds, and adopted ones", async () => {
  const [live, trial, old] = [newToken(), newToken("test"), "pc_live_1234"];
  const { keys } = keysOver([
    rowOf(live),
    rowOf(trial, { kind: "test" }),
    rowOf(old, { id: "AbCdEfGhIj", kind: "adopted" }),
  ]);
  for (const text of [live, trial, old]) assert.equal(await codeOf(keys, text), "VALID");
});

test("knows the checksum", async () => {
  const { keys, asked } = keysOver([]);
  const known = [
    "pcx_live_0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq2OYnnY", // of tests/apikey
    `pcx_live_0000000519_${"0".repeat(43)}00lgLc`,
    TOKEN,
  ];
  for (const text of known) assert.equal(await codeOf(keys, text), "NOT_FOUND");
  assert.equal(asked.length, known.length);
});

test("refuses what is no key of pcx without asking", async () => {
  const { keys, asked } = keysOver([]);
  const last = TOKEN.at(-1) === "0" ? "1" : "0";
  const wrong = [
    TOKEN.slice(0, -1) + last,
    TOKEN.slice(0, -1),
    `${TOKEN}0`,
    "pcx_live_",
    "pcx_test_x",
    withChecksum(`pcx_live_${base62(10)}-${base62(43)}`),
    withChecksum(`pcx_live_${base62(9)}-_${base62(43)}`),
    `${TOKEN.slice(0, -1)}\n`,
    `${TOKEN}\n`,
  ];
  for (const text of wrong) assert.equal(await codeOf(keys, text), "BAD_CHECKSUM", text);
  for (const text of ["", "x".repeat(257), `pcx_live_${"x".repeat(248)}`]) {
    assert.equal(await codeOf(keys, text), "NOT_FOUND");
  }
  assert.equal(asked.length, 0);
});

test("asks for what may be a key, as pcx asks", async () => {
  const { keys, asked } = keysOver([]);
  const plainOf = async (text) => {
    assert.equal(await codeOf(keys, text), "NOT_FOUND");
    return asked.pop()[1];
  };
  const hex = "0".repeat(64);
  for (const text of ["x", "x".repeat(256), "PCX_LIVE_x", "a b", hex, "xpcx:1", ...STORED.keys]) {
    assert.equal(await plainOf(text), text);
  }
  for (const text of ["pcx:AbCdEfGhIj", "pcx:", `sha256:${hex}`, TOKEN, "a\0b", ...STORED.digests]) {
    assert.equal(await plainOf(text), null, text);
  }
  assert.equal(await plainOf(Buffer.from([0xff, 0x61])), null);
  assert.equal(await plainOf(Buffer.from("ü")), "ü");
});

test("asks by the digest under every pepper, and takes it under its own only", async () => {
  const { keys, asked } = keysOver([]);
  await keys.verify(TOKEN);
  assert.deepEqual(asked[0][0], [digestOf(TOKEN, 5), digestOf(TOKEN, 3)]);
  const stored = (change) => codeOf(keysOver([rowOf(TOKEN, change)]).keys, TOKEN);
  assert.equal(await stored({ pepper: 3 }), "VALID");
  assert.equal(await stored({ pepper: 5 }), "VALID");
  assert.equal(await stored({ pepper: 3, hash: digestOf(TOKEN, 5) }), "NOT_FOUND");
  assert.equal(await stored({ pepper: 7, hash: digestOf(TOKEN, 5) }), "NOT_FOUND");
});

test("takes nobody's word for what was found", async () => {
  const query = async () => [rowOf(newToken())];
  assert.equal(await codeOf(keysOver([], { query }).keys, TOKEN), "NOT_FOUND");
  for (const rows of [undefined, null, {}, [1], "rows"]) {
    await assert.rejects(keysOver([], { query: async () => rows }).keys.verify(TOKEN), ApiKeysError);
  }
});

test("takes a key that is not adopted yet, and of two rows the one with a digest", async () => {
  const old = "pc_live_1234";
  const plain = plainRow(old);
  const { key, code } = await keysOver([plain]).keys.verify(old);
  assert.equal(code, "VALID");
  assert.deepEqual([key.keyId, key.id, key.kind], [null, plain.row_id, "adopted"]);
  const both = [plain, rowOf(old, { id: "AbCdEfGhIj", revoked_at: timeText(0) })];
  assert.equal(await codeOf(keysOver(both).keys, old), "REVOKED");
});

test("takes no key that is in plain when it is told not to", async () => {
  const old = "pc_live_1234";
  for (const [plain, code] of [[true, "VALID"], [undefined, "VALID"], [false, "NOT_FOUND"]]) {
    const { keys, asked } = keysOver([plainRow(old), rowOf(TOKEN)], { plain });
    assert.deepEqual([await codeOf(keys, old), await codeOf(keys, TOKEN)], [code, "VALID"]);
    assert.equal(asked[0][1], plain === false ? null : old);
  }
});

const GRANTS = [
  ["patients:read", "patients:read", true],
  ["patients:read", "patients:write", false],
  ["patients:read", "patients", false],
  ["patients", "patients:read", false],
  ["patients:*", "patients:read", true],
  ["patients:*", "patients", false],
  ["patients:*", "patients:read:own", false],
  ["*:read", "patients:read", true],
  ["*", "patients", true],
  ["*", "patients:read", false],
  ["**", "patients", true],
  ["**", "patients:read:own", true],
  ["patients:**", "patients", false],
  ["patients:**", "patients:read", true],
  ["patients:**", "patients:read:own", true],
  ["*:read:**", "patients:read", false],
  ["*:read:**", "patients:read:own", true],
  ["Patients:read", "patients:read", false],
  ["a.b_c-D9:x", "a.b_c-D9:x", true],
  // What is no scope grants nothing.
  ["patients:", "patients:read", false],
  [":read", "patients:read", false],
  ["**:read", "patients:read", false],
  ["pat*:read", "patients:read", false],
  ["patients:read\n", "patients:read", false],
  ["", "patients:read", false],
  [`${"a".repeat(128)}`, "a".repeat(128), true],
];

test("grants what a scope says and nothing else", async () => {
  for (const [granted, wanted, isAllowed] of GRANTS) {
    const { keys } = keysOver([rowOf(TOKEN, { scopes: [granted] })]);
    const code = await codeOf(keys, TOKEN, { scopes: [wanted] });
    assert.equal(code, isAllowed ? "VALID" : "INSUFFICIENT_SCOPE", `${granted} ${wanted}`);
  }
  const codeWith = (scopes, wanted) =>
    codeOf(keysOver([rowOf(TOKEN, { scopes })]).keys, TOKEN, { scopes: wanted });
  assert.equal(await codeWith([], []), "VALID");
  assert.equal(await codeWith([], ["a"]), "INSUFFICIENT_SCOPE");
  assert.equal(await codeWith(["a", "b"], ["b", "a"]), "VALID");
  assert.equal(await codeWith(["a"], ["a", "b"]), "INSUFFICIENT_SCOPE");
  assert.equal(await codeWith([null, "a"], ["a"]), "VALID");
  const many = Array.from({ length: 65 }, (_, i) => `s${i}`);
  assert.equal(await codeWith(many, ["s63"]), "VALID");
  assert.equal(await codeWith(many, ["s64"]), "INSUFFICIENT_SCOPE");
  assert.equal(await codeWith(["!", ...many], ["s63"]), "VALID");
});

test("throws for a scope that no request can need", () => {
  const { keys } = keysOver([]);
  for (const wanted of ["", "*", "patients:*", "**", "a b", "a:", ":a", "a::b", "x".repeat(129)]) {
    assert.throws(() => keys.require(wanted), TypeError, wanted);
  }
  keys.require();
  keys.require("patients:read", "x".repeat(128));
});

const ADDRESSES = [
  [["10.0.0.0/8"], "10.1.2.3", true],
  [["10.0.0.0/8"], "11.1.2.3", false],
  [["10.0.0.0/8"], "::ffff:10.1.2.3", true],
  [["10.0.0.0/8"], "::ffff:a01:203", true],
  [["10.0.0.0/8"], "::10.1.2.3", false],
  [["10.0.0.1/32"], "10.0.0.1", true],
  [["10.0.0.1/32"], "10.0.0.2", false],
  [["0.0.0.0/0"], "255.255.255.255", true],
  [["0.0.0.0/0"], "2001:db8::1", false],
  [["::/0"], "2001:db8::1", true],
  [["::/0"], "10.0.0.1", false],
  [["::/0"], "::ffff:10.0.0.1", false],
  [["2001:db8::/32"], "2001:DB8:ffff::", true],
  [["2001:db8::/32"], "2001:db9::", false],
  [["2001:db8::8:0:0/96"], "2001:db8::8:1:2", true],
  [["::ffff:10.0.0.0/104"], "10.1.2.3", true],
  [["::1/128"], "::1", true],
  [["192.168.0.0/16", "10.0.0.0/8"], "10.0.0.1", true],
  [[], "nonsense", true],
  [[], undefined, true],
  [["0.0.0.0/0", "::/0"], undefined, false],
  [["0.0.0.0/0", "::/0"], "", false],
  [["0.0.0.0/0", "::/0"], "nonsense", false],
  [["0.0.0.0/0", "::/0"], "10.0.0.1:80", false],
  [["0.0.0.0/0", "::/0"], "[::1]", false],
  [["0.0.0.0/0", "::/0"], "010.0.0.1", false],
  [["0.0.0.0/0", "::/0"], "fe80::1%eth0", false],
  [["nonsense"], "10.0.0.1", false],
  [["nonsense", "10.0.0.0/8"], "10.0.0.1", true],
  [["10.0.0.0/33"], "10.0.0.0", false],
];

test("lets a key be used from its addresses only", async () => {
  for (const [cidrs, address, isAllowed] of ADDRESSES) {
    const { keys } = keysOver([rowOf(TOKEN, { cidrs })]);
    const code = await codeOf(keys, TOKEN, { address });
    assert.equal(code, isAllowed ? "VALID" : "IP_DENIED", `${cidrs} ${address}`);
  }
});

test("judges in one order", async () => {
  const refused = { scopes: [], cidrs: ["10.0.0.0/8"], expires_at: timeText(0), status: "revoked" };
  const from = { address: "11.0.0.1", scopes: ["a"] };
  const code = (change) => codeOf(keysOver([rowOf(TOKEN, { ...refused, ...change })]).keys, TOKEN, from);
  assert.equal(await code({}), "REVOKED");
  assert.equal(await code({ status: "active" }), "EXPIRED");
  assert.equal(await code({ status: "active", expires_at: null }), "IP_DENIED");
  assert.equal(await code({ status: "active", expires_at: null, cidrs: [] }), "INSUFFICIENT_SCOPE");
  assert.equal(await code({ status: "active", revoked_at: timeText(0) }), "REVOKED");
  assert.equal(await code({ status: "Active" }), "REVOKED");
});

test("ends expiry and grace at their instant, in the cache too", async () => {
  for (const [column, code] of [["expires_at", "EXPIRED"], ["grace_until", "REVOKED"]]) {
    const { keys, clock, asked } = keysOver([]);
    const until = clock.now + 5000;
    const row = rowOf(TOKEN, { [column]: timeText(until), replaced_by: "x" });
    const query = async (...params) => (asked.push(params), [row]);
    const { keys: watched } = keysOver([], { clock, query });
    assert.equal(await codeOf(watched, TOKEN), "VALID");
    clock.pass(4999);
    assert.equal(await codeOf(watched, TOKEN), "VALID");
    clock.pass(1);
    assert.equal(await codeOf(watched, TOKEN), code);
    assert.equal(asked.length, 1);
    // A thousandth of a millisecond later than what the clock of this host can say.
    row[column] = timeText(clock.now, "001");
    watched.forget("*");
    assert.equal(await codeOf(watched, TOKEN), "VALID");
    clock.pass(1);
    assert.equal(await codeOf(watched, TOKEN), code);
  }
});

test("reads every time that the application's columns hold", async () => {
  for (const time of ["12026-01-01T00:00:00.000000Z", "2026-13-01T00:00:00.000000Z", "nonsense", null]) {
    const { keys } = keysOver([rowOf(TOKEN, { created_at: time, last_used_at: time })]);
    const { code, key } = await keys.verify(TOKEN);
    assert.deepEqual([code, key.createdAt, key.lastUsedAt], ["VALID", null, null], time);
  }
});

test("throws for a row that it does not understand", async () => {
  for (const change of [
    { expires_at: "tomorrow" },
    { grace_until: 5 },
    { revoked_at: "2026-13-01T00:00:00.000000Z" },
    { scopes: "{a}" },
    { cidrs: null },
    { status: null },
  ]) {
    const { keys } = keysOver([rowOf(TOKEN, change)]);
    await assert.rejects(keys.verify(TOKEN), /a row has a \w+ that is none/, inspect(change));
  }
});

test("keeps what was found for half a minute, and nothing else", async () => {
  const { keys, clock, asked } = keysOver([rowOf(TOKEN)]);
  for (let i = 0; i < 3; i++) assert.equal(await codeOf(keys, TOKEN), "VALID");
  assert.equal(asked.length, 1);
  clock.steadyNow += 29_999;
  await keys.verify(TOKEN);
  assert.equal(asked.length, 1);
  clock.steadyNow += 1;
  await keys.verify(TOKEN);
  assert.equal(asked.length, 2);
  const unknown = newToken();
  for (let i = 0; i < 3; i++) assert.equal(await codeOf(keys, unknown), "NOT_FOUND");
  assert.equal(asked.length, 5);
  const { keys: uncached, asked: often } = keysOver([rowOf(TOKEN)], { cacheMs: 0 });
  for (let i = 0; i < 3; i++) await uncached.verify(TOKEN);
  assert.equal(often.length, 3);
  for (const cacheMs of [-1, 30_001, Number.NaN]) {
    assert.throws(() => keysOver([], { cacheMs }), RangeError);
  }
});

test("counts the time in the cache from before the question", async () => {
  const { clock } = keysOver([]);
  let asked = 0;
  const query = async () => {
    asked++;
    clock.steadyNow += 20_000; // the answer is as old as that when it comes
    return [rowOf(TOKEN)];
  };
  const { keys } = keysOver([], { query, clock });
  await keys.verify(TOKEN);
  clock.steadyNow += 10_000;
  await keys.verify(TOKEN);
  assert.equal(asked, 2);
});

test("forgets one key, all keys, and those that were in plain", async () => {
  const [one, other, old] = [newToken(), newToken(), "pc_live_1234"];
  const { keys, asked } = keysOver([rowOf(one), rowOf(other), plainRow(old)]);
  const askedFor = async (id) => {
    if (id !== undefined) keys.forget(id);
    const before = asked.length;
    for (const text of [one, other, old]) assert.equal(await codeOf(keys, text), "VALID");
    return asked.length - before;
  };
  assert.equal(await askedFor(), 3);
  assert.equal(await askedFor(), 0);
  assert.equal(await askedFor(one.split("_")[2]), 2);
  assert.equal(await askedFor("unknown000"), 1);
  assert.equal(await askedFor("*"), 3);
});

test("does not keep what was read before it was told of a change", async () => {
  const answers = [];
  const query = () => new Promise((resolve) => answers.push(resolve));
  const { keys } = keysOver([], { query });
  const first = keys.verify(TOKEN);
  keys.forget("another000");
  answers.pop()([rowOf(TOKEN)]);
  assert.equal((await first).code, "VALID");
  const second = keys.verify(TOKEN);
  assert.equal(answers.length, 1, "it is asked for again");
  answers.pop()([rowOf(TOKEN, { revoked_at: timeText(0) })]);
  assert.equal((await second).code, "REVOKED");
});

test("keeps no more than ten thousand keys", async () => {
  const texts = Array.from({ length: 10_001 }, newToken.bind(null, "live", undefined));
  const byDigest = new Map(texts.map((text) => [digestOf(text), rowOf(text)]));
  let asked = 0;
  const query = async (_sql, [digests]) => (asked++, [byDigest.get(digests[0])]);
  const { keys } = keysOver([], { query });
  for (const text of texts) await keys.verify(text);
  for (const text of texts.slice(1)) await keys.verify(text);
  assert.equal(asked, 10_001);
  await keys.verify(texts[0]);
  assert.equal(asked, 10_002);
});

test("says whose key it is, under the guide's names", async () => {
  const row = rowOf(TOKEN, {
    ...{ name: "laboratory", owner: "42", tenant: "t1", scopes: ["a:b", "no scope!"], rate: 600 },
    ...{ expires_at: timeText(Date.parse("2027-01-01")), last_used_at: timeText(Date.parse("2026-11-01")) },
  });
  const { key } = await keysOver([row]).keys.verify(TOKEN);
  assert.deepEqual(key, {
    ...{ id: row.row_id, keyId: row.id, kind: "live", name: "laboratory", userId: "42", tenantId: "t1" },
    ...{ scopes: ["a:b", "no scope!"], rateLimit: 600, expiresAt: new Date("2027-01-01") },
    ...{ lastUsedAt: new Date("2026-11-01"), createdAt: new Date("2026-01-01"), revokedAt: null },
  });
  assert.ok(Object.isFrozen(key) && Object.isFrozen(key.scopes));
  const revoked = await keysOver([rowOf(TOKEN, { revoked_at: timeText(5000) })]).keys.verify(TOKEN);
  assert.deepEqual([revoked.code, revoked.key.revokedAt], ["REVOKED", new Date(5000)]);
});

test("asks what pcx asks", () => {
  const sql = sourceOf("lib/apikey/sql/find_presented.sql").replace(/^--.*\n/gm, "").replace(/;\s*$/, "");
  assert.ok(sourceOf("lib/apikey/adapter/api-keys.ts").includes(`\`\n${sql}\``));
});
