// What the tests share: keyfiles, and a client that stands for Prisma's.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

// The compiled module; CTest names its place.
export const { SealedFields, SealedFieldError, Keyring, KeyfileError, SEALED_MODELS } = await import(
  process.env.PCX_ADAPTER
);

export const keyOf = (byte) => Buffer.alloc(32, byte);
const entry = (format, byte, more) => ({
  ...{ purpose: "field", format, state: "decrypt_only", key: keyOf(byte).toString("base64") },
  ...more,
});

export const V1 = entry("v1", 0x11);
export const JSON_KEY = entry("json", 0x22);
export const V2 = entry("v2", 0x33, { state: "active" });
export const entryOf = entry;

export const folder = mkdtempSync(path.join(os.tmpdir(), "pcx-adapter-"));
process.on("exit", () => rmSync(folder, { recursive: true }));
let files = 0;

// `write`: the id of the key to write with; null: none.
export function keyfileText(keys, write) {
  return JSON.stringify({ pcx_keyfile: 1, write: write === null ? {} : { field: write }, keys });
}

// As `pcx key keyfile` writes it: whole, private, under its name at once.
export function writeKeyfile(file, text, mode = 0o600) {
  writeFileSync(`${file}.new`, text, { mode });
  renameSync(`${file}.new`, file);
}

export function keyfile(keys, write, mode) {
  const file = path.join(folder, `keys${++files}.json`);
  writeKeyfile(file, keyfileText(keys, write), mode);
  return file;
}

export const ALL = { 1: V1, 2: JSON_KEY, 3: V2 };

// A time that moves only when it is told.
export function fakeClock() {
  let time = 0;
  const now = () => time;
  now.pass = (ms) => (time += ms);
  return now;
}

// Fields over a client that answers with `found`, and what was asked of it. `more`: other models.
export function fieldsOver({ write = 3, keys = ALL, found = null, more = {}, ...options } = {}) {
  const asked = [];
  const delegate = Object.fromEntries(
    ["findUnique", "findUniqueOrThrow"].map((operation) => [
      operation,
      async (args) => {
        asked.push({ operation, args });
        if (found === null && operation === "findUniqueOrThrow") {
          throw Object.assign(new Error("No record was found"), { code: "P2025" });
        }
        return found;
      },
    ]),
  );
  const fields = new SealedFields({ path: keyfile(keys, write), ...options });
  const { $allOperations } = fields.extension({ medicalRecord: delegate, ...more }).query.$allModels;
  // Runs one operation; `result` is what the database answers. Returns what the caller gets and what
  // the database was given.
  async function run(model, operation, args, result = null) {
    let sent;
    const query = async (given) => {
      sent = given;
      return typeof result === "function" ? result(given) : result;
    };
    const got = await $allOperations({ model, operation, args, query });
    return { got, sent };
  }
  return { fields, run, asked };
}
