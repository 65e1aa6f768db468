// The formats once more, from their descriptions (lib/crypto/enc_v1.h, enc_v2.h, guide_envelope.h) and
// from nothing else: what the module writes is opened here, what is sealed here the module opens.
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";

const hmac = (key, ...parts) => {
  const mac = createHmac("sha256", key);
  for (const part of parts) mac.update(part);
  return mac.digest();
};

// HKDF-SHA-256 (RFC 5869) without a salt, one block.
const hkdf = (key, info) => hmac(hmac(Buffer.alloc(32), key), info, Buffer.from([1]));

const lp = (text) => {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([0, 0, bytes.length >> 8, bytes.length & 255]), bytes]);
};

const place = ({ table, column }) => Buffer.concat([lp(table), lp(column)]);
const columnKey = (key, column) =>
  hkdf(key, Buffer.concat([Buffer.from("pcx-fe-v2/col\0"), place(column)]));
const associated = (id, column, row) =>
  Buffer.concat([Buffer.from("pcx-fe-v2\0"), lp(`${id}`), place(column), lp(row)]);

function gcm(key, nonce, text, aad) {
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  if (aad !== undefined) cipher.setAAD(aad);
  const data = Buffer.concat([cipher.update(text), cipher.final()]);
  return { data, tag: cipher.getAuthTag() };
}

// `text` is a string or bytes.
export function sealV1(key, text, nonce = randomBytes(12)) {
  const { data, tag } = gcm(key, nonce, text);
  return `enc:v1:${[nonce, tag, data].map((part) => part.toString("base64")).join(":")}`;
}

export function sealGuide(key, text, nonce = randomBytes(16)) {
  const { data, tag } = gcm(key, nonce, text);
  const [encrypted, iv, hex] = [data, nonce, tag].map((part) => part.toString("hex"));
  return JSON.stringify({ encrypted, iv, tag: hex });
}

export function sealV2(key, id, column, row, text, nonce = randomBytes(12)) {
  const { data, tag } = gcm(columnKey(key, column), nonce, text, associated(id, column, row));
  return `enc:v2:${id}:${Buffer.concat([nonce, data, tag]).toString("base64url")}`;
}

// These throw when the value does not open.
function open(key, nonce, data, tag, aad) {
  const decipher = createDecipheriv("aes-256-gcm", key, nonce);
  if (aad !== undefined) decipher.setAAD(aad);
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(data), decipher.final()]).toString();
}

export function openV1(key, value) {
  const [enc, v1, ...parts] = value.split(":");
  const [nonce, tag, data] = parts.map((part) => Buffer.from(part, "base64"));
  if (`${enc}:${v1}` !== "enc:v1" || parts.length !== 3) throw new Error("no enc:v1");
  return open(key, nonce, data, tag);
}

export function openGuide(key, value) {
  const { encrypted, iv, tag } = JSON.parse(value);
  const [nonce, data, mac] = [iv, encrypted, tag].map((part) => Buffer.from(part, "hex"));
  return open(key, nonce, data, mac);
}

export function openV2(key, id, column, row, value) {
  if (!value.startsWith(`enc:v2:${id}:`)) throw new Error(`not sealed with key ${id}`);
  const bytes = Buffer.from(value.slice(`enc:v2:${id}:`.length), "base64url");
  const [nonce, data, tag] = [bytes.subarray(0, 12), bytes.subarray(12, -16), bytes.subarray(-16)];
  return open(columnKey(key, column), nonce, data, tag, associated(id, column, row));
}
