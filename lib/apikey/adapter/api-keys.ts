/**
 * API keys of an Express application, as pcx keeps them (printed by `pcx apikey adapter`).
 *
 *   const keys = new ApiKeys({
 *     query: (sql, params) => prisma.$queryRawUnsafe(sql, ...params),
 *     // of pg: query: async (sql, params) => (await pool.query(sql, params)).rows,
 *     onError: (error) => logger.error(error),
 *   });
 *   app.use("/api/v1/patients", keys.require("patients:read"), patients);
 *   await keys.listen(client); // of pg, connected: revocations are then seen at once
 *   await keys.flush(); // before the process ends
 *
 * Takes   one header x-api-key of at most 256 bytes; two are refused. The key must be there, be
 *         neither revoked nor expired, come from one of its addresses, and be granted every scope
 *         that require() names. Whoever is not expressly let in stays out; require() without a
 *         scope asks for a key only. req.apiKey then says whose it is, under the guide's names.
 *         rateLimit and tenantId are for the application to keep to.
 * Refuses with 401 (MISSING, NOT_FOUND, BAD_CHECKSUM, REVOKED, EXPIRED), 403 (IP_DENIED,
 *         INSUFFICIENT_SCOPE), and 503 (UNAVAILABLE) when the database could not be asked: no error
 *         lets anybody in. With onRefusal: "next" the application's error handler answers: it is
 *         given an ApiKeyRefusal with statusCode, message and isOperational.
 * Plain   Keys that api_keys still holds as they are count too, until they are adopted: whoever may
 *         write that table makes a key by writing one. Once all are adopted, `pcx apikey adopt
 *         --fence` lets the database refuse new ones, and "plain: false" takes none.
 * Address is req.ip, so "trust proxy" of Express decides who may claim what; without it, all come
 *         from the proxy.
 * Cache   Keys that were found are kept for 30 seconds at most, and judged for each request: expiry
 *         and grace end at their instant, as the clock of this host has it. A revocation is seen
 *         within these 30 seconds, or at once by who listens. LISTEN needs a connection of its own,
 *         and no pooler in transaction mode. When it is lost, onError is told and nothing else
 *         happens: connecting another client and calling listen() again is for the caller.
 * Peppers come from the file of `pcx key keyfile`, named by PCX_KEYFILE. It must be of mode 0600
 *         or less, is looked at once a second at most and read again when it changed; while the new
 *         one cannot be used the old peppers stay, and onError is told. Without a usable one to
 *         begin with the constructor throws. A new pepper is made, written to this file and only
 *         then activated: keys under a pepper that is not in it are not found.
 * Tells   the database once a minute which keys were used. With metrics: true each request of a
 *         known key becomes a row of api_usage_metrics: its endpoint is the pattern of the route,
 *         and of a mounted router the path, whose parts that are no plain words are ":id". Neither
 *         makes a request wait or fail.
 *
 * The application's role needs, as the owner of the tables grants:
 *   GRANT USAGE ON SCHEMA pcx TO app;
 *   GRANT SELECT ON pcx.apikey, pcx.apikey_gone, public.api_keys TO app;
 *   GRANT SELECT, INSERT, UPDATE ON pcx.apikey_usage TO app;
 *   GRANT UPDATE ("lastUsedAt") ON public.api_keys TO app;
 *   GRANT INSERT ON public.api_usage_metrics TO app; -- for metrics
 *
 * Neither keys nor digests are in any error. Node.js 20 or newer; Express 4 and 5; any client of
 * PostgreSQL (none is imported).
 */
import { createHmac, createSecretKey, randomUUID, timingSafeEqual } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { closeSync, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { isIPv4, isIPv6 } from "node:net";

// --- what is told -------------------------------------------------------------------------------

export type RefusalCode = keyof typeof REFUSALS;
export type Code = "VALID" | Exclude<RefusalCode, "MISSING" | "UNAVAILABLE">;

const REFUSALS = {
  MISSING: { statusCode: 401, message: "API key required" },
  NOT_FOUND: { statusCode: 401, message: "Invalid or revoked API key" },
  BAD_CHECKSUM: { statusCode: 401, message: "Invalid or revoked API key" },
  REVOKED: { statusCode: 401, message: "Invalid or revoked API key" },
  EXPIRED: { statusCode: 401, message: "API key expired" },
  IP_DENIED: { statusCode: 403, message: "Address not allowed" },
  INSUFFICIENT_SCOPE: { statusCode: 403, message: "Insufficient scope" },
  UNAVAILABLE: { statusCode: 503, message: "API keys cannot be checked at the moment" },
} as const;

const ERROR_CODES = { 401: "UNAUTHORIZED", 403: "FORBIDDEN", 503: "SERVICE_UNAVAILABLE" } as const;

/** Why a request is refused, for the application's error handler. */
export class ApiKeyRefusal extends Error {
  override readonly name = "ApiKeyRefusal";
  readonly isOperational = true;
  readonly code: RefusalCode;
  readonly statusCode: 401 | 403 | 503;
  readonly errorCode: string;
  constructor(code: RefusalCode) {
    super(REFUSALS[code].message);
    this.code = code;
    this.statusCode = REFUSALS[code].statusCode;
    this.errorCode = ERROR_CODES[this.statusCode];
  }
}

/** What onError is told. */
export class ApiKeysError extends Error {
  override readonly name = "ApiKeysError";
}

export class KeyfileError extends Error {
  override readonly name = "KeyfileError";
}

/** A key as the application sees it. */
export interface ApiKey {
  readonly id: string; // of its row in api_keys, and so in api_usage_metrics
  readonly keyId: string | null; // what pcx calls it; null: not adopted yet
  readonly kind: "live" | "test" | "adopted";
  readonly name: string;
  readonly userId: string | null; // its owner
  readonly tenantId: string | null; // null: not limited to one
  readonly scopes: readonly string[];
  readonly rateLimit: number | null;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null; // by the minute
  readonly createdAt: Date | null;
  readonly revokedAt: Date | null;
}

export interface Verdict {
  readonly code: Code;
  readonly key: ApiKey | undefined; // undefined: nobody's
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace Express {
    interface Request {
      apiKey?: ApiKey;
    }
  }
}

// --- the text of a key --------------------------------------------------------------------------

const PRESENTED_BYTES_MAX = 256;
const PREFIX = /^pcx_(?:live|test)_/;
const TOKEN = /^pcx_(?:live|test)_[0-9A-Za-z]{10}_[0-9A-Za-z]{49}$/;
const CHECKSUM_DIGITS = 6;
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

/** CRC-32 of an ASCII text, in base62. */
function checksumOf(text: string): string {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; i++) {
    crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ text.charCodeAt(i)) & 0xff] ?? 0);
  }
  let digits = "";
  for (let rest = ~crc >>> 0; digits.length < CHECKSUM_DIGITS; rest = Math.floor(rest / 62)) {
    digits = BASE62.charAt(rest % 62) + digits;
  }
  return digits;
}

function isToken(text: string): boolean {
  return (
    TOKEN.test(text) && checksumOf(text.slice(0, -CHECKSUM_DIGITS)) === text.slice(-CHECKSUM_DIGITS)
  );
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

// How the digests of other programs begin; pcx's StoredShape::digest.
const DIGEST = new RegExp(
  [
    /^sha-?(?:1|224|256|384|512):|^md5:|^hmac(?:[:_$-]|sha)|^\\x[\da-f]*$/,
    /^\$(?:1|2a|2b|2y|5|6)\$|^\$(?:argon2|scrypt|pbkdf2)|^pbkdf2[_:]|^scrypt:/,
    /^\{(?:s?sha(?:256|384|512)?|md5|crypt)\}/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "i",
);

/** What a row that is not adopted yet may hold. Not what stands there in place of a key, which
 * whoever has read the table knows; not keys of pcx, which are never in plain and so in no log of
 * statements; not what no column holds. */
function plainOf(presented: Buffer): string | null {
  try {
    const text = utf8.decode(presented);
    return /^(?:pcx:|pcx_live_|pcx_test_)|\0/.test(text) || DIGEST.test(text) ? null : text;
  } catch {
    return null; // no UTF-8
  }
}

// --- scopes and addresses -----------------------------------------------------------------------

type Scope = readonly string[]; // its segments

const SCOPE = /^(?:(?:[\w.-]+|\*):)*(?:[\w.-]+|\*\*?)$/;
const SCOPE_BYTES_MAX = 128;
const SCOPES_MAX = 64;

function scopeOf(text: unknown): Scope | undefined {
  if (typeof text !== "string" || text.length > SCOPE_BYTES_MAX) return undefined;
  return SCOPE.test(text) ? text.split(":") : undefined;
}

function wantedOf(text: string): Scope {
  const scope = scopeOf(text);
  if (scope !== undefined && !text.includes("*")) return scope;
  throw new TypeError(`api-keys: '${text}' is no scope that a request can need`);
}

function isGranted(granted: Scope, wanted: Scope): boolean {
  const isOpen = granted.at(-1) === "**"; // one segment or more
  const isLong = isOpen ? wanted.length >= granted.length : wanted.length === granted.length;
  const fixed = isOpen ? granted.slice(0, -1) : granted;
  return isLong && fixed.every((segment, i) => segment === "*" || segment === wanted[i]);
}

const CIDRS_MAX = 64;
const ADDRESS_BITS = 128;
const MAPPED = 0xffffn; // ::ffff:a.b.c.d is the IPv4 address

/** 128 bits; undefined for everything but one address. */
function addressOf(text: string): bigint | undefined {
  if (isIPv4(text)) return addressOf(`::ffff:${text}`);
  if (!isIPv6(text) || text.includes("%")) return undefined;
  const { hostname } = new URL(`http://[${text}]/`); // in hexadecimal groups
  const [front = [], back = []] = hostname
    .slice(1, -1)
    .split("::")
    .map((part) => part.split(":").filter((group) => group !== ""));
  const zeros = Array<string>(8 - front.length - back.length).fill("0");
  const groups = [...front, ...zeros, ...back].map((group) => group.padStart(4, "0"));
  return BigInt(`0x${groups.join("")}`);
}

const isMapped = (address: bigint): boolean => address >> 32n === MAPPED;

interface Range {
  readonly network: bigint;
  readonly free: bigint; // bits that do not matter
}

/** As PostgreSQL writes a cidr: always with a mask. */
function rangeOf(text: unknown): Range | undefined {
  const [, host = "", mask] = /^([^/]+)\/(\d+)$/.exec(String(text)) ?? [];
  const network = addressOf(host);
  if (network === undefined) return undefined;
  const bits = Number(mask) + (isIPv4(host) ? 96 : 0);
  return bits <= ADDRESS_BITS ? { network, free: BigInt(ADDRESS_BITS - bits) } : undefined;
}

function contains({ network, free }: Range, address: bigint): boolean {
  return isMapped(address) === isMapped(network) && address >> free === network >> free;
}

// --- peppers ------------------------------------------------------------------------------------

interface Pepper {
  readonly id: number;
  readonly key: KeyObject;
}

interface Digest {
  readonly pepper: number;
  readonly bytes: Buffer;
}

const KEYFILE_VERSION = 1;
const KEYFILE_BYTES_MAX = 1024 * 1024;
const KEY_ID_MAX = 2 ** 31 - 1;
const KEY_BYTES = 32;
const LOOK_EVERY_MS = 1000;
const STATES = ["active", "pending", "decrypt_only"];

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const isText = (value: unknown): value is string => typeof value === "string";
const isThere = <T>(value: T | undefined): value is T => value !== undefined;

function keyIdOf(digits: string): number | undefined {
  if (!/^[1-9][0-9]{0,9}$/.test(digits)) return undefined;
  return Number(digits) <= KEY_ID_MAX ? Number(digits) : undefined;
}

/** Takes the bytes out of reach of console.log and wipes them. */
function secretOf(bytes: Buffer): KeyObject {
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}

function readPepper(name: string, entry: unknown): Pepper | undefined {
  const id = keyIdOf(name);
  if (id === undefined || !isObject(entry))
    throw new KeyfileError("a key of the keyfile has no id");
  const { purpose, state, key } = entry;
  if (purpose !== "pepper" || !STATES.includes(String(state))) return undefined;
  const bytes = Buffer.from(typeof key === "string" ? key : "", "base64");
  if (bytes.length !== KEY_BYTES || bytes.toString("base64") !== key)
    throw new KeyfileError(`key ${id} is not ${KEY_BYTES} bytes long`);
  return { id, key: secretOf(bytes) };
}

/** Members it does not know are left out. No message quotes the text, as JSON.parse's own would. */
function readPeppers(text: string): readonly Pepper[] {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    throw new KeyfileError("the keyfile is no JSON; it may be half written");
  }
  const held = isObject(file) && file["pcx_keyfile"] === KEYFILE_VERSION ? file["keys"] : undefined;
  if (!isObject(file) || !isObject(held)) {
    throw new KeyfileError(`the keyfile is not of version ${KEYFILE_VERSION}`);
  }
  const peppers = Object.entries(held).flatMap(([name, entry]) => readPepper(name, entry) ?? []);
  if (peppers.length === 0) {
    throw new KeyfileError("the keyfile has no pepper: pcx key keyfile --purpose pepper");
  }
  return peppers.sort((one, other) => other.id - one.id); // the newest first
}

interface FileRead {
  readonly text: string;
  readonly stamp: string;
}

function stampOf(stat: { mtimeNs: bigint; ctimeNs: bigint; size: bigint; ino: bigint }): string {
  return [stat.mtimeNs, stat.ctimeNs, stat.size, stat.ino].join();
}

function readPrivately(path: string): FileRead {
  const file = openSync(path, "r");
  try {
    const stat = fstatSync(file, { bigint: true }); // of what is read, whatever the name means now
    if (!stat.isFile()) throw new KeyfileError(`${path} is no file`);
    if ((stat.mode & 0o077n) !== 0n) {
      throw new KeyfileError(`${path} can be used by others than its owner: chmod 600`);
    }
    if (stat.size > KEYFILE_BYTES_MAX) throw new KeyfileError(`${path} is too long for a keyfile`);
    return { text: readFileSync(file, "utf8"), stamp: stampOf(stat) };
  } finally {
    closeSync(file);
  }
}

/** Those of the keyfile, kept up to date. Throws when there is no usable file to begin with. */
class Peppers {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #onError: (error: Error) => void;
  #peppers: readonly Pepper[];
  #stamp: string;
  #lookedAt: number;

  constructor(path: string | undefined, clock: Clock, onError: (error: Error) => void) {
    this.#path = path ?? process.env["PCX_KEYFILE"] ?? "";
    if (this.#path === "") throw new KeyfileError("PCX_KEYFILE does not name a keyfile");
    this.#clock = clock;
    this.#onError = onError;
    this.#lookedAt = clock.steady();
    const { text, stamp } = readPrivately(this.#path);
    this.#peppers = readPeppers(text);
    this.#stamp = stamp;
  }

  /** Under each pepper, the newest first: there is always one. */
  digests(presented: Buffer): readonly Digest[] {
    return this.#current().map(({ id, key }) => {
      return { pepper: id, bytes: createHmac("sha256", key).update(presented).digest() };
    });
  }

  #current(): readonly Pepper[] {
    if (this.#clock.steady() - this.#lookedAt < LOOK_EVERY_MS) return this.#peppers;
    this.#lookedAt = this.#clock.steady();
    try {
      if (stampOf(statSync(this.#path, { bigint: true })) !== this.#stamp) this.#reload();
    } catch (error) {
      this.#onError(error instanceof Error ? error : new KeyfileError("the keyfile is unreadable"));
    }
    return this.#peppers;
  }

  #reload(): void {
    const { text, stamp } = readPrivately(this.#path);
    this.#peppers = readPeppers(text);
    this.#stamp = stamp; // last: what could not be used is tried again
  }
}

// --- rows ---------------------------------------------------------------------------------------

/** Runs one statement with parameters $1, $2, ... and gives its rows. */
export type Query = (sql: string, params: unknown[]) => PromiseLike<unknown>;

// pcx asks the same. Adopting moves a key from the one half to the other in one transaction, so
// that a statement sees it exactly once.
const FIND_PRESENTED = `
SELECT k.id, k.row_id, k.kind, encode(k.hash, 'hex') AS hash, k.pepper, a.name,
       ARRAY(SELECT scope FROM unnest(a.permissions) AS scope WHERE scope IS NOT NULL) AS scopes,
       a."rateLimit" AS rate, a.status, k.owner, k.tenant,
       k.cidrs::text[] AS cidrs, k.created_by, k.revoked_by, k.revoke_reason, k.replaced_by,
       to_char(k.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at,
       CASE WHEN a."expiresAt" < '2262-01-01'
            THEN to_char(greatest(a."expiresAt", '1970-01-01'), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
       END AS expires_at,
       to_char(a."lastUsedAt", 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS last_used_at,
       to_char(k.revoked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS revoked_at,
       to_char(k.grace_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS grace_until
  FROM pcx.apikey AS k
  JOIN public.api_keys AS a ON a.id = k.row_id
 WHERE k.hash = ANY (ARRAY(SELECT decode(digest, 'hex') FROM unnest($1::text[]) AS digest))
UNION ALL
SELECT '', a.id, 'adopted', '', 0, a.name,
       ARRAY(SELECT scope FROM unnest(a.permissions) AS scope WHERE scope IS NOT NULL), a."rateLimit", a.status, NULL, NULL,
       '{}', '', NULL, NULL, NULL,
       to_char(a."createdAt", 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       CASE WHEN a."expiresAt" < '2262-01-01'
            THEN to_char(greatest(a."expiresAt", '1970-01-01'), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
       END,
       to_char(a."lastUsedAt", 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       NULL, NULL
  FROM public.api_keys AS a
 WHERE a.key = $2::text AND NOT a.key ^@ 'pcx:'
   AND NOT EXISTS (
       SELECT FROM pcx.apikey_gone AS g
        WHERE g.hash = ANY (ARRAY(SELECT decode(digest, 'hex') FROM unnest($1::text[]) AS digest)))`;

// In order, so that two who tell the same keys do not wait for each other in a ring. Behind a fence
// that is not proven, a row that breaks it cannot be changed: its key goes without its time.
const TELL_USES = `
WITH told AS (
    SELECT * FROM jsonb_to_recordset($1::text::jsonb)
        AS t(id text, row_id text, day date, calls bigint, refused bigint, used timestamptz)
), counted AS (
    INSERT INTO pcx.apikey_usage AS u (key_id, day, calls, refused, last_used_at)
    SELECT k.id, told.day, told.calls, told.refused, told.used
      FROM told
      JOIN pcx.apikey AS k ON k.id = told.id
     ORDER BY k.id, told.day
        ON CONFLICT (key_id, day) DO UPDATE
       SET calls = u.calls + excluded.calls, refused = u.refused + excluded.refused,
           last_used_at = greatest(u.last_used_at, excluded.last_used_at)
), late AS (
    SELECT a.id, newest.used
      FROM (SELECT row_id, max(used) AT TIME ZONE 'UTC' AS used FROM told GROUP BY row_id) AS newest
      JOIN public.api_keys AS a ON a.id = newest.row_id
     WHERE newest.used > coalesce(a."lastUsedAt", '-infinity')
       AND (a.key ^@ 'pcx:'
            OR NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS c
                            WHERE c.conrelid = 'public.api_keys'::regclass
                              AND c.conname = 'pcx_api_keys_fence'))
     ORDER BY a.id
       FOR NO KEY UPDATE OF a SKIP LOCKED
)
UPDATE public.api_keys AS a
   SET "lastUsedAt" = late.used
  FROM late
 WHERE a.id = late.id`;

// The ids are made here: what was written and not acknowledged is not written twice.
const TELL_METRICS = `
INSERT INTO public.api_usage_metrics (id, "apiKeyId", endpoint, method, "statusCode",
                                      "responseTime", "timestamp", "ipAddress", "userAgent")
SELECT id, key, endpoint, method, status, ms, at AT TIME ZONE 'UTC', address, agent
  FROM jsonb_to_recordset($1::text::jsonb)
    AS t(id text, key text, endpoint text, method text, status integer, ms integer,
         at timestamptz, address text, agent text)
    ON CONFLICT DO NOTHING`;

const NEEDED: Readonly<Record<string, string>> = {
  [FIND_PRESENTED]:
    "USAGE on schema pcx, SELECT on pcx.apikey, pcx.apikey_gone and public.api_keys",
  [TELL_USES]:
    'SELECT, INSERT and UPDATE on pcx.apikey_usage, UPDATE ("lastUsedAt") on public.api_keys',
  [TELL_METRICS]: "INSERT on public.api_usage_metrics",
};

type Row = Record<string, unknown>;

/** A key as it was read; times are milliseconds, with microseconds behind the point. */
interface Stored {
  readonly id: string; // "": its row still holds it in plain
  readonly rowId: string;
  readonly row: Row;
  readonly scopes: readonly string[];
  readonly granted: readonly Scope[];
  readonly isBound: boolean; // to its ranges
  readonly ranges: readonly Range[];
  readonly isRevoked: boolean;
  readonly graceUntil: number | undefined;
  readonly expiresAt: number | undefined;
}

const strange = (name: string) => new ApiKeysError(`a row has a ${name} that is none`);

function textIn(row: Row, name: string): string {
  const value = row[name];
  if (typeof value !== "string") throw strange(name);
  return value;
}

function listIn(row: Row, name: string): readonly unknown[] {
  const value: unknown = row[name];
  if (!Array.isArray(value)) throw strange(name);
  return value;
}

/** NaN for what is no time of the years 0 to 9999. */
function parseTime(text: unknown): number {
  const [, time, micros] = /^([-\d]{10}T[:\d]{8}\.\d{3})(\d{3})Z$/.exec(String(text)) ?? [];
  return Date.parse(`${time ?? ""}Z`) + Number(micros) / 1000;
}

function timeIn(row: Row, name: string): number | undefined {
  if (row[name] === null) return undefined;
  const at = parseTime(textIn(row, name));
  if (Number.isNaN(at)) throw strange(name);
  return at;
}

/** Of the application's own columns, those that decide nothing: null for what it cannot tell. */
function theirTimeIn(row: Row, name: string): Date | null {
  const at = parseTime(row[name]);
  return Number.isNaN(at) ? null : new Date(at);
}

/** What is no scope grants nothing, and what is no range admits nobody. */
function storedOf(row: Row): Stored {
  const scopes = listIn(row, "scopes").filter(isText);
  const granted = scopes.map(scopeOf).filter(isThere);
  const cidrs = listIn(row, "cidrs");
  return {
    id: textIn(row, "id"),
    rowId: textIn(row, "row_id"),
    row,
    scopes,
    granted: granted.slice(0, SCOPES_MAX),
    isBound: cidrs.length > 0,
    ranges: cidrs.slice(0, CIDRS_MAX).map(rangeOf).filter(isThere),
    isRevoked: timeIn(row, "revoked_at") !== undefined || textIn(row, "status") !== "active",
    graceUntil: timeIn(row, "grace_until"),
    expiresAt: timeIn(row, "expires_at"),
  };
}

function apiKeyOf({ id, rowId, row, scopes, expiresAt }: Stored): ApiKey {
  const orNull = (name: string) => (row[name] === null ? null : textIn(row, name));
  const dateOf = (at: number | undefined) => (at === undefined ? null : new Date(at));
  const { rate } = row;
  return Object.freeze({
    id: rowId,
    keyId: id === "" ? null : id,
    kind: textIn(row, "kind") as ApiKey["kind"],
    name: textIn(row, "name"),
    userId: orNull("owner"),
    tenantId: orNull("tenant"),
    scopes: Object.freeze([...scopes]),
    rateLimit: rate === null ? null : Number(rate),
    expiresAt: dateOf(expiresAt),
    lastUsedAt: theirTimeIn(row, "last_used_at"),
    createdAt: theirTimeIn(row, "created_at"),
    revokedAt: dateOf(timeIn(row, "revoked_at")),
  });
}

/** Expiry and grace end at their instant: at that the key is not taken any more. */
function judge(
  key: Stored,
  address: string | undefined,
  wanted: readonly Scope[],
  now: number,
): Code {
  if (key.isRevoked || (key.graceUntil !== undefined && now >= key.graceUntil)) return "REVOKED";
  if (key.expiresAt !== undefined && now >= key.expiresAt) return "EXPIRED";
  if (key.isBound) {
    const from = addressOf(address ?? "");
    if (from === undefined || !key.ranges.some((range) => contains(range, from)))
      return "IP_DENIED";
  }
  const isAllowed = wanted.every((each) => key.granted.some((one) => isGranted(one, each)));
  return isAllowed ? "VALID" : "INSUFFICIENT_SCOPE";
}

// --- what is told the database ------------------------------------------------------------------

/** Runs a deed some time after it was asked for, one at a time. */
class Later {
  readonly #ms: number;
  readonly #deed: () => Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(ms: number, deed: () => Promise<void>) {
    this.#ms = ms;
    this.#deed = deed;
  }

  ask(): void {
    this.#timer ??= setTimeout(() => void this.now(), this.#ms).unref();
  }

  now(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running = this.#running.then(this.#deed, this.#deed);
    return this.#running;
  }
}

interface Uses {
  readonly id: string;
  readonly row_id: string;
  readonly day: string; // in UTC
  calls: number;
  refused: number;
  used: string | null; // the last call
}

interface Metric {
  readonly id: string;
  readonly key: string; // in api_keys
  readonly endpoint: string;
  readonly method: string;
  readonly status: number;
  readonly ms: number;
  readonly at: string;
  readonly address: string | null;
  readonly agent: string | null;
}

const DAY_CHARACTERS = "2026-01-31".length;
const USES_EVERY_MS = 60_000;
const METRICS_EVERY_MS = 5000;
const METRICS_AT_ONCE = 1000;
const METRICS_MAX = 10_000;
const TEXT_MAX = 256;
const NO_ROUTE = "(no route)";

function usesOf({ id, rowId }: Stored, at: string): Uses {
  const day = at.slice(0, DAY_CHARACTERS);
  return { id, row_id: rowId, day, calls: 0, refused: 0, used: null };
}

/** As a column takes it: no NUL, and no half of a character. */
function shortened(text: unknown): string | null {
  return isText(text) ? text.slice(0, TEXT_MAX).replace(/[\0\ud800-\udfff]/gu, "?") : null;
}

/** The pattern of the route that answered. What stands in a path is of patients and owners. */
function endpointOf({ baseUrl = "", route, params = {} }: RequestLike): string {
  const paths = isObject(route) ? [route["path"]].flat() : [];
  const shown = paths.map(String).join("|");
  const merged = Object.entries(params).filter(([name]) => !shown.includes(`:${name}`));
  const names = new Map(merged.map(([name, value]) => [String(value), `:${name}`]));
  const part = (text: string) =>
    names.get(text) ?? (/^[A-Za-z_-]*$|^v\d+$/.test(text) ? text : ":id");
  const mount = baseUrl.split("/").map(part).join("/");
  const path = mount !== "" && shown === "/" ? mount : `${mount}${shown}`;
  return path.slice(0, TEXT_MAX) || NO_ROUTE;
}

// --- Express ------------------------------------------------------------------------------------

export interface RequestLike {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly rawHeaders?: readonly string[] | undefined; // names and values in turn
  readonly method?: string | undefined;
  readonly ip?: string | undefined;
  readonly baseUrl?: string;
  readonly route?: unknown;
  readonly params?: Readonly<Record<string, unknown>>;
  apiKey?: ApiKey;
}

export interface ResponseLike {
  statusCode: number;
  readonly headersSent: boolean;
  getHeader(name: string): unknown;
  setHeader(name: string, value: string): unknown;
  once(event: "finish", listener: () => void): unknown;
  end(body: string): unknown;
}

export type Handler = (
  req: RequestLike,
  res: ResponseLike,
  next: (error?: unknown) => void,
) => void;

/** pg's Client. */
export interface ListeningClient {
  query(sql: string): PromiseLike<unknown>;
  on(
    event: "notification",
    listener: (message: { channel: string; payload?: string | undefined }) => void,
  ): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "end", listener: () => void): unknown;
}

export interface Clock {
  wall(): number; // milliseconds since 1970
  steady(): number; // milliseconds that never go back
}

export interface ApiKeysOptions {
  readonly query: Query; // how long it may take is its own business
  readonly keyfile?: string; // default: PCX_KEYFILE
  /** Told what no request is to blame for. Default: a warning of the process. What it throws, and
   * what address() and endpoint() throw, ends neither a request nor the process. */
  readonly onError?: (error: Error) => unknown;
  readonly onRefusal?: "answer" | "next";
  readonly address?: (req: RequestLike) => string | undefined; // default: req.ip; throws: unknown
  readonly cacheMs?: number; // 0 to 30,000
  /** Whether keys count that api_keys still holds in plain. Default: true. */
  readonly plain?: boolean;
  /** Rows of api_usage_metrics. Addresses and user agents are personal data: only when named. */
  readonly metrics?: boolean | { readonly address?: boolean; readonly userAgent?: boolean };
  readonly endpoint?: (req: RequestLike) => string; // for metrics
  readonly clock?: Clock;
}

const HEADER = "x-api-key";
const CHANNEL = "pcx_apikey";
const CHALLENGE = `ApiKey header="${HEADER}"`;
const CACHE_MS_MAX = 30_000;
const CACHED_MAX = 10_000;
const NO_DIGEST = Buffer.alloc(32);

interface Cached {
  readonly key: Stored;
  readonly until: number;
}

/** One header as its bytes: null when there is none, undefined for what is no key. */
function presentedIn({ headers, rawHeaders }: RequestLike): Buffer | null | undefined {
  const value = headers[HEADER];
  if (value === undefined || value === "") return null;
  if (typeof value !== "string" || /[^\0-\xff]/.test(value)) return undefined;
  // Node.js reads bytes as Latin-1, and joins headers that are there twice with ", ", which may
  // also stand in a key.
  const isName = (text: string, i: number) => i % 2 === 0 && text.toLowerCase() === HEADER;
  const isTwice = rawHeaders ? rawHeaders.filter(isName).length > 1 : value.includes(", ");
  return isTwice ? undefined : Buffer.from(value, "latin1");
}

/** What went wrong, in one line and without what was asked for. */
function phraseOf(error: unknown, sql: string, secrets: readonly string[]): string {
  let text = error instanceof Error ? error.message : "no error was given";
  const meta = isObject(error) && isObject(error["meta"]) ? error["meta"] : error;
  const code = isObject(meta) && typeof meta["code"] === "string" ? meta["code"] : "";
  for (const secret of secrets) text = text.replaceAll(secret, "...");
  // Prisma shows some of the source first.
  if (/^\s*Invalid `/.test(text)) text = text.trimEnd().split("\n").at(-1) ?? "";
  text = text.replace(/\s+/g, " ").trim().slice(0, 500);
  const isRefused =
    code === "42501" || text.includes("42501") || text.includes("permission denied");
  const needed = isRefused ? `; the role needs ${NEEDED[sql] ?? ""}` : "";
  return `${text}${code === "" ? "" : ` (${code})`}${needed}`;
}

/** Whether a row is that of the text; the same work for whatever row, and for none. */
function isMadeOf(row: Row | undefined, digests: readonly Digest[]): boolean {
  const stored = row === undefined ? NO_DIGEST : Buffer.from(textIn(row, "hash"), "hex");
  const fits = digests.map(
    ({ pepper, bytes }) =>
      timingSafeEqual(bytes, stored.length === bytes.length ? stored : NO_DIGEST) &&
      pepper === Number(row?.["pepper"]),
  );
  return fits.includes(true);
}

export class ApiKeys {
  readonly #options: ApiKeysOptions;
  readonly #clock: Clock;
  readonly #peppers: Peppers;
  readonly #cacheMs: number;
  readonly #cache = new Map<string, Cached>(); // by digest, the oldest first
  readonly #counted = new WeakSet<RequestLike>(); // by the first require() that it came to
  readonly #tellUses = new Later(USES_EVERY_MS, () => this.#writeUses());
  readonly #tellMetrics = new Later(METRICS_EVERY_MS, () => this.#writeMetrics());
  #generation = 0;
  #uses = new Map<string, Uses>();
  #metrics: Metric[] = [];
  #dropped = 0;

  constructor(options: ApiKeysOptions) {
    this.#options = options;
    this.#clock = options.clock ?? { wall: Date.now, steady: () => performance.now() };
    this.#cacheMs = options.cacheMs ?? CACHE_MS_MAX;
    if (!(this.#cacheMs >= 0 && this.#cacheMs <= CACHE_MS_MAX)) {
      throw new RangeError(`api-keys: cacheMs is from 0 to ${CACHE_MS_MAX}`);
    }
    this.#peppers = new Peppers(options.keyfile, this.#clock, (error) => this.#tell(error));
  }

  /** Lets requests pass whose key is granted all of these. Throws for what no request can need. */
  require(...scopes: readonly string[]): Handler {
    const wanted = scopes.map(wantedOf);
    return (req, res, next) =>
      void this.#guard(req, res, next, wanted).catch((error: unknown) => this.#tell(error));
  }

  /** The same outside of Express; nothing is counted. Rejects when nobody could be asked. */
  async verify(
    presented: string | Buffer,
    from: { readonly address?: string | undefined; readonly scopes?: readonly string[] } = {},
  ): Promise<Verdict> {
    const wanted = (from.scopes ?? []).map(wantedOf);
    const bytes = typeof presented === "string" ? Buffer.from(presented, "utf8") : presented;
    const found = await this.#find(bytes);
    if (typeof found === "string") return { code: found, key: undefined };
    const code = judge(found, from.address, wanted, this.#clock.wall());
    return { code, key: apiKeyOf(found) };
  }

  /** A key has changed, or with "*" any: what NOTIFY pcx_apikey says. */
  forget(id: string): void {
    this.#generation++; // what is being read now may be of before
    for (const [digest, { key }] of this.#cache) {
      // A key that was read in plain may have been adopted since, under this id.
      if (id === "*" || key.id === id || key.id === "") this.#cache.delete(digest);
    }
  }

  /** Resolves once `client` listens. When it breaks onError is told; see above. */
  async listen(client: ListeningClient): Promise<void> {
    client.on("notification", ({ channel, payload }) => {
      if (channel === CHANNEL) this.forget(payload ?? "*");
    });
    client.on("error", (error) => this.#tell(new ApiKeysError(`listening: ${error.message}`)));
    client.on("end", () => this.#tell(new ApiKeysError("listening: the connection has ended")));
    await client.query(`LISTEN ${CHANNEL}`);
    this.forget("*"); // what was told before was not heard
  }

  /** Writes now what would be written later. */
  async flush(): Promise<void> {
    await Promise.all([this.#tellUses.now(), this.#tellMetrics.now()]);
  }

  // --- one request

  async #guard(
    req: RequestLike,
    res: ResponseLike,
    next: (error?: unknown) => void,
    wanted: readonly Scope[],
  ): Promise<void> {
    let code: Code | RefusalCode;
    try {
      code = await this.#codeOf(req, res, wanted);
    } catch (error) {
      this.#refuse("UNAVAILABLE", res, next);
      this.#tell(error);
      return;
    }
    if (res.headersSent) return; // it took too long for somebody
    if (code === "VALID") next();
    else this.#refuse(code, res, next);
  }

  async #codeOf(
    req: RequestLike,
    res: ResponseLike,
    wanted: readonly Scope[],
  ): Promise<Code | RefusalCode> {
    const startedAt = this.#clock.steady();
    const presented = presentedIn(req);
    if (presented === null) return "MISSING";
    const found = presented === undefined ? "NOT_FOUND" : await this.#find(presented);
    if (typeof found === "string") return found;
    const code = judge(found, this.#addressOf(req), wanted, this.#clock.wall());
    if (code === "VALID") req.apiKey = apiKeyOf(found);
    if (!this.#counted.has(req)) this.#count(found, code, req, res, startedAt);
    this.#counted.add(req);
    return code;
  }

  #addressOf(req: RequestLike): string | undefined {
    const { address = ({ ip }) => ip } = this.#options;
    return this.#asked("address", () => address(req));
  }

  /** What the application's own function says; undefined where it is no text. */
  #asked(name: string, ask: () => unknown): string | undefined {
    try {
      const answer = ask() ?? undefined;
      if (answer === undefined || isText(answer)) return answer;
      void Promise.resolve(answer).catch(() => undefined); // told below, whatever becomes of it
      throw new TypeError("it gave no text");
    } catch (error) {
      this.#tell(new ApiKeysError(`${name}() failed: ${phraseOf(error, "", [])}`));
      return undefined;
    }
  }

  #refuse(code: RefusalCode, res: ResponseLike, next: (error: unknown) => void): void {
    if (res.headersSent) return;
    const { statusCode, message } = REFUSALS[code];
    if (statusCode === 401) res.setHeader("WWW-Authenticate", CHALLENGE);
    if (this.#options.onRefusal === "next") {
      next(new ApiKeyRefusal(code));
      return;
    }
    const named = res.getHeader("X-Correlation-ID");
    const correlationId = typeof named === "string" ? named : undefined;
    const timestamp = new Date(this.#clock.wall()).toISOString();
    const errorCode = ERROR_CODES[statusCode];
    const body = {
      status: "error",
      statusCode,
      errorCode,
      code,
      message,
      correlationId,
      timestamp,
    };
    res.statusCode = statusCode;
    res.setHeader("Content-Type", "application/json; charset=utf-8");
    res.setHeader("Cache-Control", "no-store");
    res.end(JSON.stringify(body));
  }

  // --- keys

  async #find(presented: Buffer): Promise<Stored | "NOT_FOUND" | "BAD_CHECKSUM"> {
    if (presented.length === 0 || presented.length > PRESENTED_BYTES_MAX) return "NOT_FOUND";
    const text = presented.toString("latin1");
    if (PREFIX.test(text) && !isToken(text)) return "BAD_CHECKSUM";
    const digests = this.#peppers.digests(presented);
    const name = digests[0]?.bytes.toString("hex") ?? "";
    const cached = this.#cache.get(name);
    const readAt = this.#clock.steady();
    if (cached !== undefined && readAt < cached.until) return cached.key;
    const generation = this.#generation;
    const { plain = true } = this.#options;
    const key = await this.#ask(digests, plain ? plainOf(presented) : null);
    if (key === undefined) return "NOT_FOUND";
    if (generation === this.#generation) this.#keep(name, { key, until: readAt + this.#cacheMs });
    return key;
  }

  async #ask(digests: readonly Digest[], plain: string | null): Promise<Stored | undefined> {
    const texts = digests.map(({ bytes }) => bytes.toString("hex"));
    const secrets = plain === null ? texts : [plain, ...texts];
    const rows = await this.#run(FIND_PRESENTED, [texts, plain], secrets);
    const made = rows.find((row) => row["id"] !== "");
    if (isMadeOf(made, digests) && made !== undefined) return storedOf(made);
    const inPlain = rows.find((row) => row["id"] === "");
    return inPlain && storedOf(inPlain);
  }

  #keep(name: string, cached: Cached): void {
    this.#cache.delete(name);
    this.#cache.set(name, cached);
    for (const oldest of this.#cache.keys()) {
      if (this.#cache.size <= CACHED_MAX) break;
      this.#cache.delete(oldest);
    }
  }

  async #run(sql: string, params: unknown[], secrets: readonly string[] = []): Promise<Row[]> {
    let rows: unknown;
    try {
      rows = await this.#options.query(sql, params);
    } catch (error) {
      throw new ApiKeysError(`the database could not be asked: ${phraseOf(error, sql, secrets)}`);
    }
    if (Array.isArray(rows) && rows.every(isObject)) return rows;
    throw new ApiKeysError("query() gave no rows");
  }

  #tell(error: unknown): void {
    const told = error instanceof Error ? error : new ApiKeysError("something else was thrown");
    const warn = () => process.emitWarning(told);
    try {
      if (this.#options.onError === undefined) warn();
      else void Promise.resolve(this.#options.onError(told)).catch(warn);
    } catch {
      warn();
    }
  }

  // --- uses and metrics

  #count(key: Stored, code: Code, req: RequestLike, res: ResponseLike, startedAt: number): void {
    const at = new Date(this.#clock.wall()).toISOString();
    const name = `${key.rowId} ${key.id} ${at.slice(0, DAY_CHARACTERS)}`;
    const uses = this.#uses.get(name) ?? usesOf(key, at);
    if (code === "VALID") [uses.calls, uses.used] = [uses.calls + 1, at];
    else uses.refused++;
    this.#uses.set(name, uses);
    this.#tellUses.ask();
    if ((this.#options.metrics ?? false) === false) return;
    res.once("finish", () => this.#measure(key, req, res, at, this.#clock.steady() - startedAt));
  }

  #measure(key: Stored, req: RequestLike, res: ResponseLike, at: string, ms: number): void {
    const { metrics, endpoint = endpointOf } = this.#options;
    const personal = typeof metrics === "object" ? metrics : {};
    const agent = req.headers["user-agent"];
    if (this.#metrics.length >= METRICS_MAX) {
      this.#dropped++;
      return;
    }
    this.#metrics.push({
      id: randomUUID(),
      key: key.rowId,
      endpoint: shortened(this.#asked("endpoint", () => endpoint(req))) ?? NO_ROUTE,
      method: req.method ?? "",
      status: res.statusCode,
      ms: Math.round(ms),
      at,
      address: personal.address === true ? shortened(this.#addressOf(req)) : null,
      agent: personal.userAgent === true ? shortened(agent) : null,
    });
    if (this.#metrics.length === METRICS_AT_ONCE) void this.#tellMetrics.now();
    else this.#tellMetrics.ask();
  }

  async #writeUses(): Promise<void> {
    const told = this.#uses;
    if (told.size === 0) return;
    this.#uses = new Map();
    try {
      await this.#run(TELL_USES, [JSON.stringify([...told.values()])]);
    } catch (error) {
      for (const [name, before] of told) {
        const uses = this.#uses.get(name) ?? { ...before, calls: 0, refused: 0 };
        uses.calls += before.calls;
        uses.refused += before.refused;
        uses.used ??= before.used;
        this.#uses.set(name, uses);
      }
      this.#tellUses.ask();
      this.#tell(error);
    }
  }

  async #writeMetrics(): Promise<void> {
    if (this.#dropped > 0) {
      const lost = `${this.#dropped} rows of api_usage_metrics were dropped`;
      this.#dropped = 0;
      this.#tell(new ApiKeysError(`${lost}: more than ${METRICS_MAX} were waiting`));
    }
    while (this.#metrics.length > 0) {
      const told = this.#metrics.slice(0, METRICS_AT_ONCE);
      try {
        await this.#run(TELL_METRICS, [JSON.stringify(told)]);
      } catch (error) {
        this.#tellMetrics.ask();
        this.#tell(error);
        return;
      }
      this.#metrics.splice(0, told.length);
    }
  }
}
