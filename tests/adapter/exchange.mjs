// The other side of exchange.cpp, which describes the files.
//
// usage: node exchange.mjs FROM_PCX TO_PCX COUNT SEED
//
// Opens every record of FROM_PCX with the module and compares what both say of it; then seals COUNT
// texts of each format for TO_PCX. The guide's JSON is sealed by reference.mjs: the module only reads
// it. Exit code 1 when one differs.
import { isUtf8 } from "node:buffer";
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

import { sealGuide } from "./reference.mjs";
import { ALL, keyfile, Keyring, keyOf } from "./support.mjs";

const [from, to, count, seed] = process.argv.slice(2);
const COLUMNS = [
  { table: "medical_records", column: "diagnosis" },
  { table: "clients", column: "phone" },
];
const keyring = new Keyring({ path: keyfile(ALL, 3) });
const keyringV1 = new Keyring({ path: keyfile(ALL, 1) });

function* records(bytes) {
  for (let at = 0; at < bytes.length; ) {
    const parts = [];
    while (parts.length < 7) {
      const size = bytes.readUInt32BE(at);
      parts.push(bytes.subarray(at + 4, at + 4 + size));
      at += 4 + size;
    }
    const [verdict, format, table, column, row] = parts.map(String);
    yield { verdict, format, table, column, row, plaintext: parts[5], value: parts[6].toString() };
  }
}

// In pcx's words. Another key is nothing that is authentic; bytes that are no text are checked apart.
const VERDICTS = {
  malformed: "malformed",
  not_authentic: "not_authentic",
  unknown_key: "not_authentic",
  ambiguous: "ambiguous",
  not_text: "authentic",
};

function isSame({ table, column, row, verdict, plaintext, value }) {
  const opened = keyring.open({ table, column }, row, value);
  if (opened === "plaintext") return verdict === "not_encrypted";
  if ("fault" in opened) {
    const isText = isUtf8(plaintext);
    return VERDICTS[opened.fault] === verdict && (opened.fault === "not_text") === !isText;
  }
  return verdict === "authentic" && Buffer.from(opened.text).equals(plaintext);
}

function openAll() {
  const counts = {};
  let different = 0;
  for (const record of records(readFileSync(from))) {
    counts[record.verdict] = (counts[record.verdict] ?? 0) + 1;
    if (isSame(record)) continue;
    if (++different <= 5) console.log("differs:", record.verdict, JSON.stringify(record.value));
  }
  const said = Object.entries(counts).map(([verdict, number]) => `${number} ${verdict}`);
  console.log(`the module judged pcx's: ${said.join(", ")}; ${different} mismatches`);
  return different === 0 && counts.authentic > 0;
}

// mulberry32: the same texts for the same seed.
let state = Number(seed);
function below(limit) {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
}

function someText() {
  const limit = [0x80, 0x100, 0x3000, 0x110000][below(4)];
  const length = below(500) === 0 ? below(20_000) : below(below(10) === 0 ? 400 : 60);
  const points = Array.from({ length }, () => below(limit));
  return String.fromCodePoint(...points.map((point) => (point >> 11 === 27 ? 0x20 : point)));
}

function lp(part) {
  const size = Buffer.byteLength(part);
  const bytes = Buffer.allocUnsafe(4 + size);
  bytes.writeUInt32BE(size);
  bytes.write(part, 4);
  return bytes;
}

const SEALS = {
  v1: (column, row, text) => keyringV1.seal(column, row, text),
  json: (column, row, text) => sealGuide(keyOf(0x22), text),
  v2: (column, row, text) => keyring.seal(column, row, text),
};

function sealAll() {
  const written = [];
  for (let i = 0; i < Number(count); ++i) {
    for (const [format, seal] of Object.entries(SEALS)) {
      const [column, row, text] = [COLUMNS[below(2)], randomUUID(), someText()];
      const value = seal(column, row, text);
      const record = ["authentic", format, column.table, column.column, row, text, value];
      written.push(Buffer.concat(record.map(lp)));
    }
  }
  writeFileSync(to, Buffer.concat(written));
}

const isGood = openAll();
sealAll();
process.exitCode = isGood ? 0 : 1;
