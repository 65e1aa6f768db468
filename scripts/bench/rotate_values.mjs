// The application's side of scripts/bench/rotate: rows as it writes them, and values as it reads them.
//
// usage: node rotate_values.mjs make ROWS SECRET IDS      COPY lines of medical_records; IDS is a folder with
//                                                         the files patients, staff and tenants
//        node rotate_values.mjs compare KEYFILE           old and new values from standard input, as lines
//                                                         "id TAB column TAB old TAB new": opens and compares
import { readFileSync } from "node:fs";
import { createCipheriv, createHash, randomBytes, randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import { openV1, openV2 } from "../../tests/adapter/reference.mjs";

const WORDS = `limping left paw vomiting since yesterday owner reports reduced appetite vaccination booster
  recommend recheck in two weeks amoxicillin 250 mg twice daily for seven days temperature normal heart rate
  regular no murmurs mild dehydration teeth tartar cleaning advised`.split(/\s+/);

// The same rows each time: a generator with a seed (mulberry32).
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const lines = (file) => readFileSync(file, "utf8").trim().split("\n");

function* rows(count, secret, folder) {
  const key = createHash("sha256").update(secret).digest();
  const random = generator(1);
  const below = (n) => Math.floor(random() * n);
  const pick = (list) => list[below(list.length)];
  const text = (least, most) =>
    Array.from({ length: least + below(most - least + 1) }, () => pick(WORDS)).join(" ");
  const seal = (plain) => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    const data = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
    return `enc:v1:${[nonce, cipher.getAuthTag(), data].map((part) => part.toString("base64")).join(":")}`;
  };
  const [patients, staff, tenants] = ["patients", "staff", "tenants"].map((name) => lines(`${folder}/${name}`));
  const two = (n) => String(n).padStart(2, "0");
  for (let i = 0; i < count; ++i) {
    const day = `20${20 + below(6)}-${two(1 + below(12))}-${two(1 + below(28))} ${two(8 + below(10))}:${two(below(60))}:00`;
    const vital = `{"weight": ${(random() * 40).toFixed(1)}, "temperature": ${(38 + random()).toFixed(1)}, "heartRate": ${60 + below(100)}}`;
    yield [randomUUID(), pick(patients), day, seal(text(2, 6)), seal(text(3, 10)), seal(text(4, 12)),
      random() < 0.6 ? seal(text(3, 14)) : "\\N", pick(staff), vital, day, day, pick(tenants)].join("\t");
  }
}

async function make(count, secret, folder) {
  let batch = [];
  const flush = () => new Promise((done) => process.stdout.write(`${batch.join("\n")}\n`, done));
  for (const row of rows(count, secret, folder)) {
    batch.push(row);
    if (batch.length < 10000) continue;
    await flush();
    batch = [];
  }
  if (batch.length > 0) await flush();
}

async function compare(file) {
  const { keys } = JSON.parse(readFileSync(file, "utf8"));
  const key = (id) => Buffer.from(keys[id].key, "base64");
  const legacy = Object.keys(keys).find((id) => keys[id].format === "v1");
  let compared = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    const [id, column, before, after] = line.split("\t");
    const name = { table: "medical_records", column };
    const plain = openV1(key(legacy), before);
    if (openV2(key(after.split(":")[2]), after.split(":")[2], name, id, after) !== plain) {
      throw new Error(`${column} of ${id} has another plaintext`);
    }
    ++compared;
  }
  console.log(compared);
}

const [what, ...args] = process.argv.slice(2);
if (what === "make") await make(Number(args[0]), args[1], args[2]);
else await compare(args[0]);
