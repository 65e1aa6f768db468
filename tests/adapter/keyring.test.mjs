// The keyfile: who may read it, what it may hold, and how its changes are noticed.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { inspect } from "node:util";

import { sealV2 } from "./reference.mjs";
import { ALL, entryOf, fakeClock, folder, JSON_KEY, keyfile, keyfileText, KeyfileError } from "./support.mjs";
import { Keyring, keyOf, V1, V2, writeKeyfile } from "./support.mjs";

const PHONE = { table: "clients", column: "phone" };
const ROW = "r1";

const refuses = (file, pattern) => {
  assert.throws(() => new Keyring({ path: file }), (error) => {
    assert.ok(error instanceof KeyfileError, String(error));
    assert.match(error.message, pattern);
    return true;
  });
};
const fileOf = (text) => {
  const file = keyfile({}, null);
  writeKeyfile(file, text);
  return file;
};

test("refuses a file that others may use", () => {
  for (const mode of [0o640, 0o604, 0o620, 0o602, 0o610, 0o601]) {
    const file = keyfile(ALL, 3);
    chmodSync(file, mode);
    refuses(file, /can be used by others than its owner: chmod 600/);
  }
  for (const mode of [0o600, 0o400]) {
    const file = keyfile(ALL, 3);
    chmodSync(file, mode);
    new Keyring({ path: file });
  }
});

test("refuses what is no keyfile", () => {
  const more = (change) => fileOf(JSON.stringify({ ...JSON.parse(keyfileText(ALL, 3)), ...change }));
  const withKey = (change) => keyfile({ ...ALL, 3: { ...V2, ...change } }, 3);
  refuses(fileOf(keyfileText(ALL, 3).slice(0, -1)), /no JSON; it may be half written/);
  refuses(fileOf(""), /no JSON/);
  refuses(fileOf("[]"), /not of version 1/);
  refuses(more({ pcx_keyfile: 2 }), /not of version 1/);
  refuses(more({ pcx_keyfile: "1" }), /not of version 1/);
  refuses(more({ keys: [] }), /not of version 1/);
  refuses(keyfile({ x: V1 }, null), /has no id/);
  refuses(keyfile({ "01": V1 }, null), /has no id/);
  refuses(keyfile({ 1: null }, null), /has no id/);
  refuses(withKey({ key: keyOf(1).subarray(1).toString("base64") }), /key 3 is not 32 bytes/);
  refuses(withKey({ key: keyOf(1).toString("base64url") }), /key 3 is not 32 bytes/);
  refuses(withKey({ key: `${V2.key}\n` }), /key 3 is not 32 bytes/);
  refuses(withKey({ key: undefined }), /key 3 is not 32 bytes/);
  refuses(keyfile(ALL, 9), /write.field names no key to write with/);
  refuses(keyfile(ALL, 2), /write.field names no key/); // nobody writes the guide's JSON
  refuses(withKey({ state: "pending" }), /write.field names no key/);
  refuses(withKey({ state: "retired" }), /write.field names no key/);
  refuses(withKey({ purpose: "pepper" }), /write.field names no key/);
  refuses(fileOf(" ".repeat(1024 * 1024 + 1)), /too long for a keyfile/);
  const here = path.join(folder, "a folder");
  mkdirSync(here);
  refuses(here, /is no file/);
  assert.throws(() => new Keyring({ path: path.join(folder, "nowhere") }), { code: "ENOENT" });
});

test("leaves out what it does not know or need", () => {
  const keys = {
    ...{ 1: { ...V1, note: "new" }, 2: JSON_KEY, 3: V2 },
    ...{ 4: entryOf("v2", 0x44, { state: "retired" }), 5: entryOf("v2", 0x55, { state: "pending" }) },
    ...{ 6: entryOf("pgp", 0x66), 7: entryOf("v2", 0x77, { purpose: "pepper" }) },
  };
  const text = JSON.parse(keyfileText(keys, 3));
  const file = fileOf(JSON.stringify({ ...text, more: [], write: { ...text.write, pepper: 7 } }));
  const keyring = new Keyring({ path: file });
  const opened = (id, byte) => keyring.open(PHONE, ROW, sealV2(keyOf(byte), id, PHONE, ROW, "x"));
  assert.deepEqual(opened(5, 0x55), { text: "x" });
  assert.deepEqual(opened(4, 0x44), { fault: "unknown_key" });
  assert.deepEqual(opened(7, 0x77), { fault: "unknown_key" });
});

test("is named by the environment", () => {
  delete process.env.PCX_KEYFILE;
  assert.throws(() => new Keyring(), /PCX_KEYFILE does not name a keyfile/);
  process.env.PCX_KEYFILE = keyfile(ALL, 3);
  assert.match(new Keyring().seal(PHONE, ROW, "x"), /^enc:v2:3:/);
  delete process.env.PCX_KEYFILE;
});

// A keyring whose file changes under a clock that is moved by hand.
function watched(write = 3) {
  const now = fakeClock();
  const errors = [];
  const file = keyfile(ALL, write);
  const onKeyfileError = (error) => errors.push(error.message);
  const keyring = new Keyring({ path: file, now, onKeyfileError });
  const sealed = () => keyring.seal(PHONE, ROW, "x").slice(0, 8);
  return { now, errors, file, keyring, sealed };
}
const NEXT = { ...ALL, 4: entryOf("v2", 0x44, { state: "active" }) };

test("reads a changed file again, a second later at the latest", () => {
  const { now, errors, file, sealed } = watched();
  assert.equal(sealed(), "enc:v2:3");
  writeKeyfile(file, keyfileText(NEXT, 4));
  now.pass(999);
  assert.equal(sealed(), "enc:v2:3");
  now.pass(1);
  assert.equal(sealed(), "enc:v2:4");
  assert.deepEqual(errors, []);
});

test("moves from enc:v1 to enc:v2 when the file says so", () => {
  const { now, file, keyring, sealed } = watched(1);
  const old = keyring.seal(PHONE, ROW, "x");
  assert.match(old, /^enc:v1:/);
  writeKeyfile(file, keyfileText(ALL, 3));
  now.pass(1000);
  assert.equal(sealed(), "enc:v2:3");
  assert.deepEqual(keyring.open(PHONE, ROW, old), { text: "x" });
});

test("notices another file of the same size and time", () => {
  const { now, file, keyring, sealed } = watched();
  const value = keyring.seal(PHONE, ROW, "x");
  const time = statSync(file);
  writeFileSync(`${file}.new`, keyfileText({ ...ALL, 3: { ...V2, key: V1.key } }, 3), { mode: 0o600 });
  utimesSync(`${file}.new`, time.atime, time.mtime);
  renameSync(`${file}.new`, file);
  now.pass(1000);
  assert.equal(sealed(), "enc:v2:3");
  assert.deepEqual(keyring.open(PHONE, ROW, value), { fault: "not_authentic" });
});

test("keeps its keys while the new file is half written", () => {
  const { now, errors, file, sealed } = watched();
  const text = keyfileText(NEXT, 4);
  writeFileSync(file, text.slice(0, 100));
  now.pass(1000);
  assert.equal(sealed(), "enc:v2:3");
  assert.equal(sealed(), "enc:v2:3");
  assert.deepEqual(errors, ["the keyfile is no JSON; it may be half written"]);
  now.pass(1000);
  assert.equal(sealed(), "enc:v2:3");
  assert.equal(errors.length, 2);
  writeFileSync(file, text);
  now.pass(1000);
  assert.equal(sealed(), "enc:v2:4");
  assert.equal(errors.length, 2);
});

test("keeps its keys while the file is gone, open to others or unusable", () => {
  const { now, errors, file, sealed } = watched();
  const then = (change, pattern) => {
    change();
    now.pass(1000);
    assert.equal(sealed(), "enc:v2:3");
    assert.match(errors.at(-1), pattern);
  };
  then(() => rmSync(file), /ENOENT/);
  then(() => writeKeyfile(file, keyfileText(NEXT, 4), 0o644), /can be used by others/);
  then(() => writeKeyfile(file, keyfileText(NEXT, 9)), /names no key to write with/);
  assert.equal(errors.length, 3);
  writeKeyfile(file, keyfileText(NEXT, 4), 0o644);
  chmodSync(file, 0o600); // mended where it lies: neither time nor size nor inode changes
  now.pass(1000);
  assert.equal(sealed(), "enc:v2:4");
  assert.equal(errors.length, 3);
});

test("notices that others may read the file now", () => {
  const { now, errors, file, sealed } = watched();
  chmodSync(file, 0o644);
  now.pass(1000);
  assert.equal(sealed(), "enc:v2:3");
  assert.match(errors[0], /can be used by others/);
});

test("warns of a bad file when nobody else is told", async () => {
  const now = fakeClock();
  const file = keyfile(ALL, 3);
  const keyring = new Keyring({ path: file, now });
  const warned = new Promise((resolve) => process.once("warning", resolve));
  writeKeyfile(file, "{");
  now.pass(1000);
  assert.match(keyring.seal(PHONE, ROW, "x"), /^enc:v2:3:/);
  assert.equal((await warned).name, "KeyfileError");
});

test("shows no key", () => {
  const errors = [];
  const now = fakeClock();
  const file = keyfile(ALL, 3);
  const keyring = new Keyring({ path: file, now, onKeyfileError: (error) => errors.push(error) });
  keyring.seal(PHONE, ROW, "x");
  writeKeyfile(file, `${keyfileText(ALL, 3)} ${V1.key}`); // JSON.parse would quote this
  now.pass(1000);
  keyring.seal(PHONE, ROW, "x");
  assert.equal(errors.length, 1);
  const seen = inspect([keyring, ...errors], { depth: 20, showHidden: true }) + JSON.stringify(keyring);
  for (const { key } of [V1, JSON_KEY, V2]) {
    assert.ok(!seen.includes(key.slice(0, 20)));
    assert.ok(!seen.includes(Buffer.from(key, "base64").toString("hex").slice(0, 20)));
    assert.ok(!/(11|22|33)( \1){7}/.test(seen), "a Buffer of key bytes");
  }
});
