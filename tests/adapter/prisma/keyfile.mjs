// A keyfile with the application's key as key 1 and a new one, 3, to write with.
//
// usage: node keyfile.mjs FIELD_ENCRYPTION_KEY_FILE
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

const passphrase = readFileSync(process.argv[2], "utf8").replace(/\n$/, "");
const entry = (format, state, key) => ({ purpose: "field", format, state, key: key.toString("base64") });
console.log(JSON.stringify({
  pcx_keyfile: 1,
  write: { field: 3 },
  keys: {
    1: entry("v1", "decrypt_only", createHash("sha256").update(passphrase).digest()),
    3: entry("v2", "active", randomBytes(32)),
  },
}));
