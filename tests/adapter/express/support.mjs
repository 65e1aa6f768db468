// What these tests share: the module, pcx, a sandbox with a keyring, and Express of both kinds.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";

// The compiled module and where its packages are; tests/adapter/run names both.
export const { ApiKeys, ApiKeyRefusal, ApiKeysError, KeyfileError } = await import(
  process.env.PCX_ADAPTER
);
const installed = createRequire(process.env.PCX_ADAPTER);
export const pg = installed("pg");
export const EXPRESS = { 4: installed("express4"), 5: installed("express") };

export const folder = mkdtempSync(path.join(os.tmpdir(), "pcx-apikeys-"));
process.on("exit", () => rmSync(folder, { recursive: true }));

const OWNER = process.env.PCX_DATABASE_URL;
const KEK_FILE = path.join(path.dirname(process.env.PCX_CONFIG), "kek");
const KEK = `file:${KEK_FILE}`;
let files = 0;
export const newFile = () => path.join(folder, `file${++files}`);

export function pcx(...words) {
  const stdio = ["ignore", "pipe", "pipe"];
  return execFileSync(process.env.PCX, words, { encoding: "utf8", stdio });
}

// The keyring of the sandbox, made by whoever comes first.
export function makeKeyring() {
  if (existsSync(KEK_FILE)) return;
  pcx("key", "init", "--kek", KEK, "--recovery", newFile(), "-q");
  newPepper();
}

export function newPepper({ beforeActivating = () => {} } = {}) {
  const made = JSON.parse(pcx("key", "create", "--purpose", "pepper", "--kek", KEK, "-o", "json"));
  const { id } = made.data[0];
  beforeActivating();
  pcx("key", "activate", String(id), "--kek", KEK, "-q");
  return id;
}

export function writeKeyfile(file = newFile()) {
  pcx("key", "keyfile", "--purpose", "pepper", "--kek", KEK, "--out", file, "-q");
  return file;
}

// A key of pcx: its text and id.
export function makeKey(...options) {
  const file = newFile();
  pcx("apikey", "create", "--name", "a key", ...options, "--kek", KEK, "--out", file, "-q");
  return keyIn(file);
}

function keyIn(file) {
  const text = readFileSync(file, "utf8").trim();
  return { text, id: text.split("_")[2] };
}

export function rotateKey(id, ...options) {
  const file = newFile();
  pcx("apikey", "rotate", id, ...options, "--kek", KEK, "--out", file, "-q");
  return keyIn(file);
}

export const revokeKey = (...which) =>
  pcx("apikey", "revoke", ...which, "--reason", "test", "--yes", "-q");

// Of the sandbox's owner, or of another role.
export function urlOf(user) {
  const url = new URL(OWNER);
  if (user !== undefined) url.username = user;
  return url.href;
}

export function openPool(t, url = OWNER) {
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  t.after(() => pool.end());
  return pool;
}

export async function openClient(t) {
  const client = new pg.Client({ connectionString: OWNER });
  await client.connect();
  t.after(() => client.end().catch(() => {}));
  return client;
}

export const queryOf = (pool) => async (sql, params) => (await pool.query(sql, params)).rows;

// Times that move only when they are told.
export function fakeClock(wall = Date.parse("2026-11-28T12:00:00Z")) {
  const clock = { now: wall, steadyNow: 1000 };
  return Object.assign(clock, {
    wall: () => clock.now,
    steady: () => clock.steadyNow,
    pass: (ms) => {
      clock.now += ms;
      clock.steadyNow += ms;
    },
  });
}

// Serves `app`, and asks it: request(path, {headers, method, body, raw}) -> {status, headers, body}.
export async function serve(t, app) {
  const server = http.createServer(app);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address();
  return async function request(target, { headers = {}, method = "GET" } = {}) {
    const sent = http.request({ port, host: "127.0.0.1", path: target, method, headers, agent: false });
    sent.end();
    const [answer] = await once(sent, "response");
    let body = "";
    for await (const piece of answer) body += piece;
    return { status: answer.statusCode, headers: answer.headers, body };
  };
}

// The first error, warning or other event that is told from now on.
export function collected() {
  const errors = [];
  return Object.assign((error) => errors.push(error), { errors });
}
