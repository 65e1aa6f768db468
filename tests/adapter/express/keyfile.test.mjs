// The keyfile: read as sealed-fields.ts reads it, and its changes noticed while requests come.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { inspect } from "node:util";

import { keyfile, keyfileText, keysOver, newToken, PEPPERS, rowOf } from "./rows.mjs";
import { ApiKeys, KeyfileError, newFile } from "./support.mjs";

const TOKEN = newToken();
const query = async () => [];
const open = (file) => new ApiKeys({ keyfile: file, query });

const refuses = (file, pattern) => {
  assert.throws(() => open(file), (error) => {
    assert.ok(error instanceof KeyfileError, String(error));
    assert.match(error.message, pattern);
    return true;
  });
};

test("refuses a file that others may use, and takes one that is the owner's", () => {
  for (const mode of [0o640, 0o604, 0o620, 0o602, 0o610, 0o601]) {
    const file = keyfile();
    chmodSync(file, mode);
    refuses(file, /can be used by others than its owner: chmod 600/);
  }
  open(keyfile(keyfileText(), 0o400));
});

test("refuses what is no keyfile, and one without a pepper", () => {
  const text = keyfileText();
  const changed = (change) => keyfile(JSON.stringify({ ...JSON.parse(text), ...change }));
  const withPepper = (change) => keyfile(keyfileText(PEPPERS, { 5: change }));
  refuses(keyfile(text.slice(0, -1)), /no JSON; it may be half written/);
  refuses(keyfile(""), /no JSON/);
  refuses(keyfile("[]"), /not of version 1/);
  refuses(changed({ pcx_keyfile: 2 }), /not of version 1/);
  refuses(changed({ keys: [] }), /not of version 1/);
  refuses(changed({ keys: {} }), /has no pepper: pcx key keyfile --purpose pepper/);
  refuses(changed({ keys: { x: {} } }), /has no id/);
  refuses(changed({ keys: { 1: null } }), /has no id/);
  refuses(withPepper({ key: "AAAA" }), /key 5 is not 32 bytes/);
  refuses(withPepper({ key: Buffer.alloc(32, 0xff).toString("base64url") }), /key 5 is not 32 bytes/);
  refuses(withPepper({ key: undefined }), /key 5 is not 32 bytes/);
  refuses(keyfile(keyfileText({ 5: PEPPERS[5] }, { 5: { state: "retired" } })), /has no pepper/);
  refuses(keyfile(keyfileText({ 5: PEPPERS[5] }, { 5: { purpose: "field" } })), /has no pepper/);
  refuses(keyfile(" ".repeat(1024 * 1024 + 1)), /too long for a keyfile/);
  const here = newFile();
  mkdirSync(here);
  refuses(here, /is no file/);
  assert.throws(() => open(newFile()), { code: "ENOENT" });
  // What it does not know is left out.
  open(changed({ more: 1 }));
  open(keyfile(keyfileText(PEPPERS, { 3: { purpose: "field", format: "v9", key: "no" } })));
});

test("is named by the environment", () => {
  delete process.env.PCX_KEYFILE;
  assert.throws(() => open(undefined), /PCX_KEYFILE does not name a keyfile/);
  process.env.PCX_KEYFILE = keyfile();
  open(undefined);
  delete process.env.PCX_KEYFILE;
});

// As `pcx key keyfile` writes it: whole, private, under its name at once.
function replace(file, text, mode = 0o600) {
  writeFileSync(`${file}.new`, text, { mode });
  renameSync(`${file}.new`, file);
}

test("knows a new pepper a second later, and the old ones still", async () => {
  const file = keyfile(keyfileText({ 3: PEPPERS[3] }));
  const [before, after] = [newToken(), newToken()];
  const rows = [rowOf(before, { pepper: 3 }), rowOf(after, { pepper: 5 })];
  const { keys, clock, errors } = keysOver(rows, { keyfile: file });
  const codes = async () => [(await keys.verify(before)).code, (await keys.verify(after)).code];
  assert.deepEqual(await codes(), ["VALID", "NOT_FOUND"]);
  replace(file, keyfileText());
  clock.pass(999);
  assert.deepEqual(await codes(), ["VALID", "NOT_FOUND"]);
  clock.pass(1);
  assert.deepEqual(await codes(), ["VALID", "VALID"]);
  replace(file, keyfileText({ 5: PEPPERS[5] }));
  clock.pass(31_000);
  assert.deepEqual(await codes(), ["NOT_FOUND", "VALID"]);
  assert.deepEqual(errors, []);
});

test("keeps its peppers while the file cannot be used", async () => {
  const file = keyfile();
  const { keys, clock, errors } = keysOver([rowOf(TOKEN)], { keyfile: file });
  const then = async (change, pattern) => {
    change();
    clock.pass(1000);
    assert.equal((await keys.verify(TOKEN)).code, "VALID");
    assert.match(errors.at(-1)?.message ?? "", pattern);
  };
  await then(() => writeFileSync(file, keyfileText().slice(0, 50)), /no JSON/);
  await then(() => rmSync(file), /ENOENT/);
  await then(() => replace(file, keyfileText(), 0o644), /can be used by others/);
  await then(() => replace(file, keyfileText({})), /has no pepper/);
  assert.equal(errors.length, 4);
  replace(file, keyfileText());
  clock.pass(1000);
  assert.equal((await keys.verify(TOKEN)).code, "VALID");
  assert.equal(errors.length, 4);
});

test("shows no pepper, and no key in an error", async () => {
  const file = keyfile();
  const plain = "pc_live_secret";
  const leaks = async (_sql, [digests, old]) => {
    throw new Error(`failed for ${digests} ${old}`);
  };
  const { keys, clock, errors } = keysOver([], { keyfile: file, query: leaks });
  await assert.rejects(keys.verify(plain), (error) => (errors.push(error), true));
  await assert.rejects(keys.verify(TOKEN), (error) => (errors.push(error), true));
  replace(file, `${keyfileText()} ${PEPPERS[3].toString("base64")}`); // JSON.parse would quote this
  clock.pass(1000);
  await assert.rejects(keys.verify(TOKEN), (error) => (errors.push(error), true));
  assert.equal(errors.length, 4);
  const seen = inspect([keys, ...errors], { depth: 20, showHidden: true }) + JSON.stringify(keys);
  assert.ok(!seen.includes(plain) && !seen.includes(TOKEN) && !/[0-9a-f]{64}/.test(seen));
  for (const pepper of Object.values(PEPPERS)) {
    assert.ok(!seen.includes(pepper.toString("base64").slice(0, 20)));
    assert.ok(!/(33|55)( \1){7}/.test(seen), "a Buffer of its bytes");
  }
});

test("reads it with the words of sealed-fields.ts", () => {
  const source = (file) => readFileSync(path.join(process.env.PCX_SOURCE, "lib", file), "utf8");
  const [ours, theirs] = [source("apikey/adapter/api-keys.ts"), source("keyring/adapter/sealed-fields.ts")];
  for (const head of [
    "function readPrivately(",
    "function stampOf(",
    "function keyIdOf(",
    "function secretOf(",
    "const STATES = ",
    "const KEYFILE_BYTES_MAX = ",
    "const LOOK_EVERY_MS = ",
  ]) {
    const begin = ours.indexOf(head);
    assert.ok(begin > 0, head);
    const end = head.startsWith("const") ? ours.indexOf("\n", begin) : ours.indexOf("\n}\n", begin);
    assert.ok(theirs.includes(ours.slice(begin, end)), head);
  }
});
