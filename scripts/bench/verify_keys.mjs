// A peer of pcx_verify_bench: what a verifier in Node.js alone would cost for each request.
//
// usage: node verify_keys.mjs CALLS < KEYS     KEYS is what `pcx_verify_bench keys N` prints; the time of a
//                                              call in nanoseconds. Only the digest, a map and a comparison:
//                                              no checksum, scopes, addresses, expiry.
import { readFileSync } from "node:fs";
import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";

const calls = Number(process.argv[2]);
const [pepper, ...keys] = readFileSync(0, "utf8").trim().split("\n");
const secret = createSecretKey(Buffer.from(pepper, "hex"));
const digest = (key) => createHmac("sha256", secret).update(key).digest();
const rows = new Map(keys.map((key) => [digest(key).toString("latin1"), { digest: digest(key), key }]));

const verify = (key) => {
  const presented = digest(key);
  const row = rows.get(presented.toString("latin1"));
  return row !== undefined && timingSafeEqual(row.digest, presented);
};

const run = (count) => {
  for (let i = 0; i < count; ++i) {
    if (!verify(keys[i % keys.length])) throw new Error("a wrong verdict");
  }
};
run(Math.min(calls, 100_000)); // compiled by then
const began = process.hrtime.bigint();
run(calls);
console.log(`node ${(Number(process.hrtime.bigint() - began) / calls).toFixed(1)}`);
