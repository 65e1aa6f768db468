// 2,000 requests of keys in every state, from everywhere, for everything, at any time: the middleware
// and pcx give the same answer to each.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { before, test } from "node:test";

import { base62, newToken, withChecksum } from "./rows.mjs";
import { ApiKeys, fakeClock, makeKey, makeKeyring, newPepper } from "./support.mjs";
import { openPool, queryOf, revokeKey, rotateKey, urlOf, writeKeyfile } from "./support.mjs";

const COUNT = 2000;
const SEED = Number(process.env.ADAPTER_SEED ?? 1);

before(makeKeyring);

// Numerical Recipes' generator: good enough to choose with, and the same everywhere.
let state = SEED;
const below = (limit) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
};
const oneOf = (list) => list[below(list.length)];
const some = (most, make) => Array.from({ length: below(most + 1) }, make);

// What other programs store in place of keys, and keys that look a little like it.
const STORED = JSON.parse(readFileSync(path.join(process.env.PCX_SOURCE, "tests/data/stored-digests.json"), "utf8"));

const WORDS = ["patients", "invoices", "read", "write"];
const segments = (words) => [...some(2, () => oneOf(words)), oneOf(words)];
const wantedScope = () => segments(WORDS).join(":");
const grantedScope = () => {
  const scope = segments([...WORDS, "*"]);
  return (below(4) === 0 ? [...scope, "**"] : scope).join(":");
};
const v4 = () => `10.${below(3)}.${below(2)}.${below(4)}`;
const v6 = () => `2001:db8:${below(3)}::${below(4)}`;
const address = () =>
  oneOf([v4, v6, () => `::ffff:${v4()}`, () => `::ffff:a0${below(2)}:${below(4)}`, () => "-", () => "fe80::1%eth0"])();
const range = () =>
  oneOf([
    () => v4(),
    () => `10.${below(3)}.0.0/16`,
    () => `10.${below(3)}.0.0/${below(2) + 15}`.replace(/\.1\.0\.0\/15/, ".0.0.0/15"),
    () => `2001:db8:${below(3)}::/48`,
    () => v6(),
    () => "0.0.0.0/0",
    () => "::/0",
    () => `::ffff:10.${below(3)}.0.0/112`,
  ])();

const optionsOf = (option, values) => values.flatMap((value) => [option, value]);

// A key in some state; some of them are several keys.
function makeOne() {
  const options = [
    ...optionsOf("--scope", some(3, grantedScope)),
    ...(below(2) === 0 ? [] : optionsOf("--cidr", some(3, range))),
    ...(below(3) === 0 ? ["--expires", `${1 + below(48)}h`] : []),
    ...(below(3) === 0 ? ["--test"] : []),
  ];
  const key = makeKey(...options);
  const keys = [key];
  if (below(3) === 0) keys.push(rotateKey(key.id, "--grace", oneOf(["0s", "1h", "12h"])));
  if (below(5) === 0) revokeKey(oneOf(keys).id);
  return keys.map(({ text }) => text);
}

// What somebody presents: mostly a key as it is.
function presentedOf(texts) {
  const key = oneOf(texts);
  switch (below(12)) {
    case 0:
      return newToken();
    case 1:
      return key.slice(0, below(key.length));
    case 2: {
      const at = below(key.length);
      return key.slice(0, at) + oneOf([...base62(1), "-", "_", " ", "ü", "\0"]) + key.slice(at + 1);
    }
    case 3:
      return withChecksum(key.slice(0, 20) + base62(43));
    case 4:
      return oneOf(["", "pcx:", "pcx:AbCdEfGhIj", "one, two", "x".repeat(257)]);
    case 5:
      return oneOf(oneOf([STORED.digests, STORED.keys]));
    default:
      return key;
  }
}

test(`says what pcx says to ${COUNT} requests, seed ${SEED}`, { timeout: 120_000 }, async (t) => {
  const pool = openPool(t);
  const keys = Array.from({ length: 20 }, makeOne).flat();
  newPepper();
  keys.push(...Array.from({ length: 20 }, makeOne).flat());
  await pool.query(
    `INSERT INTO api_keys (id, name, key, "updatedAt")
     SELECT 'stored-' || n, 'stored', key, now() FROM unnest($1::text[]) WITH ORDINALITY AS t (key, n)`,
    [[...STORED.digests, ...STORED.keys, "one, two"]],
  );
  const { rows: old } = await pool.query("SELECT key FROM api_keys WHERE NOT key ^@ 'pcx:'");
  const { rows: times } = await pool.query(`
    SELECT extract(epoch FROM "expiresAt") * 1000 AS ms FROM api_keys WHERE "expiresAt" IS NOT NULL
    UNION SELECT extract(epoch FROM grace_until) * 1000 FROM pcx.apikey WHERE grace_until IS NOT NULL`);
  const texts = [...keys, ...old.map(({ key }) => key)];

  const requests = Array.from({ length: COUNT }, () => {
    const instant = Math.ceil(Number(oneOf(times).ms));
    const now = oneOf([Date.now(), Date.now() + below(72) * 3_600_000, instant - 1, instant, instant + 1]);
    return { now, text: presentedOf(texts), address: address(), scopes: some(2, wantedScope) };
  });

  const file = writeKeyfile();
  const { write, keys: peppers } = JSON.parse(readFileSync(file, "utf8"));
  const ids = Object.keys(peppers).sort((a, b) => (b === String(write.pepper)) - (a === String(write.pepper)));
  const hex = (id) => Buffer.from(peppers[id].key, "base64").toString("hex");
  const lines = [
    ...ids.map((id) => `pepper ${id} ${hex(id)}`),
    ...requests.map(({ now, text, address: from, scopes }) => {
      return [now, Buffer.from(text).toString("hex") || "-", from, scopes.join() || "-"].join(" ");
    }),
  ];
  const options = { input: `${lines.join("\n")}\n`, encoding: "utf8" };
  const theirs = execFileSync(process.env.PCX_VERDICTS, [urlOf()], options).trim().split("\n");

  // Twice: what is asked, and what is kept. pcx may have moved keys to the active pepper meanwhile.
  const clock = fakeClock();
  const middleware = new ApiKeys({ keyfile: file, query: queryOf(pool), clock });
  const counts = {};
  for (const round of ["asked", "kept"]) {
    for (const [i, { now, text, address: from, scopes }] of requests.entries()) {
      clock.now = now;
      const { code } = await middleware.verify(text, { address: from === "-" ? undefined : from, scopes });
      assert.equal(code, theirs[i], `${round}: ${JSON.stringify({ ...requests[i], text: text.slice(0, 20) })}`);
      counts[code] = (counts[code] ?? 0) + 1;
    }
  }
  t.diagnostic(`${texts.length} keys: ${JSON.stringify(counts)}`);
  assert.equal(Object.keys(counts).length, 7, "every code");
});
