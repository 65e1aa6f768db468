// Values of the three formats, strictly read, against the known answers, the application's own
// vectors and reference.mjs.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { openV1, openV2, sealGuide, sealV1, sealV2 } from "./reference.mjs";
import { ALL, entryOf, JSON_KEY, keyfile, Keyring, keyOf, V1, V2 } from "./support.mjs";

const PHONE = { table: "clients", column: "phone" };
const ROW = "8f14e45f-ceea-467f-a8f0-7c6b2b1c9a01";
const TEXT = "+41 79 123 45 67";
const TEXTS = ["", "R", TEXT, "a\0b", "žluťoučký kůň 🐎", "\ufeffbom", "x".repeat(1_000_000)];

const ring = (keys = ALL, write = 3) => new Keyring({ path: keyfile(keys, write) });
const withKey = (format, key, id = 1) =>
  ring({ [id]: { ...entryOf(format, 0), key: key.toString("base64") } }, null);
const open = (keyring, value, row = ROW) => keyring.open(PHONE, row, value);
const vectors = (name) =>
  JSON.parse(readFileSync(new URL(`../data/${name}-crypto-vectors.json`, import.meta.url), "utf8"));
const passphraseKey = (text) => createHash("sha256").update(text).digest();

test("gives the known answers", () => {
  const v1 = withKey("v1", passphraseKey("pcx-kat-secret-0001"));
  for (const [value, text] of [
    ["enc:v1:AAECAwQFBgcICQoL:drhTN8JOqNj+5mPPO/g6Og==:+BBI7a5bmwYz00mCl18/53oRnCs=",
      "Rex, born 2019-04-01"],
    ["enc:v1:AAECAwQFBgcICQoL:6p9vL02fU5TbSaueYM/r4w==:", ""],
    ["enc:v1:AAECAwQFBgcICQoL:2RzXlaVOhR1t3UX94ZiZgg==:b8tctEucmwGZfhBxG0Z5EuH5JDrpI8u0",
      "žluťoučký kůň 🐎"],
  ]) {
    assert.deepEqual(open(v1, value), { text });
  }
  const guide = withKey("json", Buffer.from("00112233445566778899aabbccddeeff".repeat(2), "hex"));
  const json = '{"encrypted":"b6e4f9b5ffd5464ecb4e12056e12a634e7399921",' +
    '"iv":"000102030405060708090a0b0c0d0e0f","tag":"ca7e6c12f8f9fc9c3c692e20b424f1f2"}';
  assert.deepEqual(open(guide, json), { text: "Rex, born 2019-04-01" });
  const v2 = "enc:v2:7:AAECAwQFBgcICQoLB1Btgg5gx8UY80yDIsLxePOlZAUrQekAWVz2EJHCmx8";
  assert.deepEqual(open(withKey("v2", keyOf(0x42), 7), v2), { text: TEXT });
  const nonce = Buffer.from("000102030405060708090a0b", "hex");
  assert.equal(sealV2(keyOf(0x42), 7, PHONE, ROW, TEXT, nonce), v2);
});

test("seals what the reference opens", () => {
  const [two, one] = [ring(), ring(ALL, 1)];
  for (const text of TEXTS) {
    assert.equal(openV2(keyOf(0x33), 3, PHONE, ROW, two.seal(PHONE, ROW, text)), text);
    assert.equal(openV1(keyOf(0x11), one.seal(PHONE, ROW, text)), text);
  }
});

test("opens what the reference sealed", () => {
  const keyring = ring();
  for (const text of TEXTS) {
    assert.deepEqual(open(keyring, sealV1(keyOf(0x11), text)), { text });
    assert.deepEqual(open(keyring, sealGuide(keyOf(0x22), text)), { text });
    assert.deepEqual(open(keyring, sealV2(keyOf(0x33), 3, PHONE, ROW, text)), { text });
  }
});

test("never uses a nonce twice", () => {
  const keyring = ring();
  const nonces = new Set();
  for (let i = 0; i < 10_000; ++i) nonces.add(keyring.seal(PHONE, ROW, "").slice(9, 25));
  assert.equal(nonces.size, 10_000);
});

test("replaces unpaired surrogates as the application does", () => {
  const keyring = ring();
  assert.deepEqual(open(keyring, keyring.seal(PHONE, ROW, "a\ud800b")), { text: "a\ufffdb" });
});

test("hands on what claims no format", () => {
  const keyring = ring();
  for (const text of ["", "plain", "enc:v2", "ENC:V2:3:x", " enc:v2:3:", "enc:v2c:3:x", "enc:v3:x",
    '{"iv":"00"}', '["encrypted"]', '{"encrypted"}']) {
    assert.equal(open(keyring, text), "plaintext", text);
  }
});

// enc:v1 and the guide's JSON, as the application answers; the strict reader differs in these.
const LENIENT = {
  field: ["enc:v2 unchanged", "extra part is ignored", "trailing newline ignored by base64 decoding",
    "space in base64 ignored", "padding removed", "base64url alphabet", "tag cut to 15 bytes",
    "tag cut to 12 bytes", "tag cut to 8 bytes", "tag cut to 4 bytes", "iv of 16 bytes",
    "iv of 8 bytes", "iv of 1 bytes", "plaintext bytes 61 ff fe 62 (not utf-8)"],
  guide: ["upper case hex", "tag cut to 12 bytes", "tag cut to 4 bytes", "12-byte iv",
    "extra field in JSON"],
};

function refusedOf(name, format, keyFor) {
  const refused = [];
  for (const one of vectors(name).decrypt) {
    const value = one.value ?? one.json;
    if (value === undefined) continue; // Node.js could not make it
    const key = keyFor(one.key);
    if (key.length !== 32) continue; // Node.js cut it at the first bad digit
    const opened = open(withKey(format, key), value);
    const isFault = typeof opened === "object" && "fault" in opened;
    if (one.plaintext === undefined) {
      if (opened !== "plaintext") assert.ok(isFault, one.note);
    } else if (isFault) {
      refused.push(one.note);
    } else {
      assert.equal(opened === "plaintext" ? value : opened.text, one.plaintext, one.note);
    }
  }
  return refused;
}

test("reads the application's values, and none of its leniencies", () => {
  for (const one of vectors("field").encrypted) {
    const opened = open(withKey("v1", passphraseKey(one.key)), one.ciphertext);
    assert.deepEqual(opened, { text: one.plaintext });
  }
  assert.deepEqual(refusedOf("field", "v1", passphraseKey), LENIENT.field);
});

test("reads the guide's values, and none of its leniencies", () => {
  const hexKey = (text) => Buffer.from(text, "hex");
  for (const one of vectors("guide").encrypted) {
    assert.deepEqual(open(withKey("json", hexKey(one.key)), one.json), { text: one.plaintext });
  }
  assert.deepEqual(refusedOf("guide", "json", hexKey), LENIENT.guide);
});

const cut = (value, bytes) => {
  const whole = Buffer.from(value.slice(9), "base64url");
  return value.slice(0, 9) + whole.subarray(0, whole.length - bytes).toString("base64url");
};

test("refuses what is malformed", () => {
  const keyring = ring();
  const v2 = sealV2(keyOf(0x33), 3, PHONE, ROW, TEXT);
  const data = v2.slice(9);
  const [, , nonce, tag, text] = sealV1(keyOf(0x11), TEXT).split(":");
  const guide = JSON.parse(sealGuide(keyOf(0x22), TEXT));
  const shorter = (part, bytes) =>
    Buffer.from(part, "base64").subarray(0, bytes).toString("base64");
  for (const value of [
    ...["enc:v2:", "enc:v2:3", `enc:v2::${data}`, `enc:v2:03:${data}`, `enc:v2:+3:${data}`],
    ...[`enc:v2:0:${data}`, `enc:v2:-3:${data}`, `enc:v2:3a:${data}`, `enc:v2:2147483648:${data}`],
    ...["enc:v2:3:", `${v2}=`, `${v2}\n`, ` ${v2}`.slice(1) + " ", `${v2}:`, v2.slice(0, 20)],
    ...[`enc:v2:3:+${data.slice(1)}`, `enc:v2:3:ä${data.slice(1)}`, cut(v2, TEXT.length + 1)],
    `enc:v2:3:${nonce}:${tag}:${text}`,
    ...["enc:v1:", `enc:v1:${nonce}`, `enc:v1:${nonce}:${tag}`],
    ...[1, 4, 8, 12, 13, 14, 15].map((bytes) => `enc:v1:${nonce}:${shorter(tag, bytes)}:${text}`),
    `enc:v1:${nonce}:${Buffer.alloc(17).toString("base64")}:${text}`,
    `enc:v1:${shorter(nonce, 11)}:${tag}:${text}`,
    ...[0, 4, 8, 24, 30].map((digits) => JSON.stringify({ ...guide, tag: guide.tag.slice(0, digits) })),
    JSON.stringify({ ...guide, iv: guide.iv.slice(0, 24) }),
    JSON.stringify({ ...guide, more: "" }),
    JSON.stringify({ encrypted: guide.encrypted, iv: guide.iv }),
    JSON.stringify({ ...guide, tag: 1 }),
    JSON.stringify(guide).replace('"iv"', '"tag"'),
    `${JSON.stringify(guide)} x`,
    JSON.stringify(guide).slice(0, -1),
  ]) {
    assert.deepEqual(open(keyring, value), { fault: "malformed" }, value);
  }
});

test("opens the guide's JSON as jsonb writes it", () => {
  const { encrypted, iv, tag } = JSON.parse(sealGuide(keyOf(0x22), TEXT));
  const value = ` { "iv": "${iv}",\n\t"tag": "${tag}", "encrypted" : "${encrypted}" } `;
  assert.deepEqual(open(ring(), value), { text: TEXT });
});

test("opens enc:v2 in its own cell only", () => {
  const keyring = ring({ ...ALL, 4: entryOf("v2", 0x33) });
  const value = sealV2(keyOf(0x33), 3, PHONE, ROW, TEXT);
  const bad = { fault: "not_authentic" };
  assert.deepEqual(keyring.open(PHONE, ROW, value), { text: TEXT });
  assert.deepEqual(keyring.open(PHONE, `${ROW}2`, value), bad);
  assert.deepEqual(keyring.open(PHONE, "", value), bad);
  assert.deepEqual(keyring.open({ ...PHONE, column: "phone2" }, ROW, value), bad);
  assert.deepEqual(keyring.open({ table: "client", column: "sphone" }, ROW, value), bad);
  assert.deepEqual(keyring.open(PHONE, ROW, value.replace(":3:", ":4:")), bad);
  assert.deepEqual(keyring.open(PHONE, undefined, value), { fault: "no_row" });
});

test("notices every flipped bit", () => {
  const keyring = ring();
  const value = sealV2(keyOf(0x33), 3, PHONE, ROW, "Rex");
  const bytes = Buffer.from(value.slice(9), "base64url");
  for (let bit = 0; bit < bytes.length * 8; ++bit) {
    const other = Buffer.from(bytes);
    other[bit >> 3] ^= 1 << (bit & 7);
    const opened = open(keyring, `enc:v2:3:${other.toString("base64url")}`);
    assert.deepEqual(opened, { fault: "not_authentic" });
  }
});

test("tells a key that is missing from a value that is broken", () => {
  const value = sealV2(keyOf(0x33), 5, PHONE, ROW, TEXT);
  assert.deepEqual(open(ring(), value), { fault: "unknown_key" });
  const unknown = { fault: "unknown_key" };
  assert.deepEqual(open(ring({ 3: V2 }), sealV1(keyOf(0x11), TEXT)), unknown);
  assert.deepEqual(open(ring({ 3: V2 }), sealGuide(keyOf(0x22), TEXT)), unknown);
  assert.deepEqual(open(ring({ 1: V1 }, 1), sealV1(keyOf(0x12), TEXT)), { fault: "not_authentic" });
});

test("tries every key of a format without ids, and trusts none when several open", () => {
  const keys = { 1: V1, 2: JSON_KEY, 4: entryOf("v1", 0x44), 5: entryOf("json", 0x55) };
  const keyring = ring(keys, 1);
  assert.deepEqual(open(keyring, sealV1(keyOf(0x44), TEXT)), { text: TEXT });
  assert.deepEqual(open(keyring, sealV1(keyOf(0x11), TEXT)), { text: TEXT });
  assert.deepEqual(open(keyring, sealGuide(keyOf(0x55), TEXT)), { text: TEXT });
  // GCM does not commit to its key; two ids of one key stand for two keys that open one value.
  const twice = ring({ 1: V1, 4: V1 }, 1);
  assert.deepEqual(open(twice, sealV1(keyOf(0x11), TEXT)), { fault: "ambiguous" });
});

test("gives no text for bytes that are none", () => {
  const bytes = Buffer.from([0x61, 0xff, 0xfe, 0x62]);
  const value = sealV2(keyOf(0x33), 3, PHONE, ROW, bytes);
  assert.deepEqual(open(ring(), value), { fault: "not_text" });
});

test("refuses what is too long", () => {
  const value = (bytes) => `enc:v2:3:${Buffer.alloc(bytes + 28).toString("base64url")}`;
  assert.deepEqual(open(ring(), value(64 * 1024 * 1024)), { fault: "not_authentic" });
  assert.deepEqual(open(ring(), value(64 * 1024 * 1024 + 1)), { fault: "malformed" });
});

test("says why it does not seal", () => {
  assert.deepEqual(ring(ALL, null).seal(PHONE, ROW, "x"), { fault: "no_write_key" });
  assert.deepEqual(ring().seal(PHONE, "", "x"), { fault: "no_row" });
  const long = "x".repeat(64 * 1024 * 1024 + 1);
  assert.deepEqual(ring().seal(PHONE, ROW, long), { fault: "too_long" });
});
