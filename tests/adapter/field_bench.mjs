// The peer of tests/crypto/field_bench.cpp, with its output: Node's createCipheriv once for each value.
// enc:v1 and the guide's JSON as the application and the guide write and read them (reference.mjs),
// enc:v2 as the adapter does.
//
// usage: node field_bench.mjs [ROUNDS]      PCX_ADAPTER names the module
import { createHash, randomBytes, randomUUID } from "node:crypto";

import { openGuide, openV1, sealGuide, sealV1 } from "./reference.mjs";
import { ALL, keyfile, Keyring } from "./support.mjs";

const VALUES = 20_000;
const PLACE = { table: "medical_records", column: "diagnosis" };
const v1Key = createHash("sha256").update("a passphrase of the application").digest();
const guideKey = randomBytes(32);
const keyring = new Keyring({ path: keyfile(ALL, 3) });
const fields = Array.from({ length: VALUES }, () => ({
  row: randomUUID(),
  text: randomBytes(32).toString("hex"),
}));

function measure(format, operation, work) {
  const began = process.hrtime.bigint();
  for (const field of fields) work(field);
  const took = Number(process.hrtime.bigint() - began);
  console.log(`${format} ${operation} ${(took / VALUES).toFixed(1)}`);
}

function same(text, field) {
  if (text !== field.text) throw new Error("a value did not open");
}

const FORMATS = {
  "enc:v1": [({ text }) => sealV1(v1Key, text), ({ value }) => openV1(v1Key, value)],
  guide: [({ text }) => sealGuide(guideKey, text), ({ value }) => openGuide(guideKey, value)],
  "enc:v2": [
    ({ row, text }) => keyring.seal(PLACE, row, text),
    ({ row, value }) => keyring.open(PLACE, row, value).text,
  ],
};

for (let round = 0; round < Number(process.argv[2] ?? 1); ++round) {
  for (const [format, [seal, open]] of Object.entries(FORMATS)) {
    measure(format, "seal", (field) => (field.value = seal(field)));
    measure(format, "open", (field) => same(open(field), field));
  }
}
