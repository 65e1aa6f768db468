/**
 * Encrypted fields of a Prisma application, under the keys of pcx (printed by `pcx key adapter`).
 *
 *   const fields = new SealedFields({ onPlaintext, onUnreadable });
 *   export const prisma = base.$extends(fields.extension(base)); // before every other extension
 *
 * Order of a change of format: deploy this module, which reads every format and goes on writing the
 * old one; then `pcx key activate`, which makes it write the new one; then `pcx key rotate`.
 *
 * Keys    come from the file that `pcx key keyfile` writes, named by PCX_KEYFILE. It holds the keys as
 *         plain text, so it must be a file of mode 0600 or less. It is looked at once a second at most
 *         and read again when it changed; while the new one cannot be read the old keys stay, and
 *         onKeyfileError is told. Neither keys nor values are in any error.
 * Reads   open enc:v1, the guide's JSON {encrypted, iv, tag} and enc:v2, in results of every depth.
 *         Reading is strict: tags of 16 bytes, canonical base64 and hex, the exact parts; a value is
 *         of the format it claims and of no other. NULL, '' and text that claims no format are handed
 *         on as they are; onPlaintext counts the latter. What does not open throws SealedFieldError,
 *         unless onUnreadable gives a placeholder for it.
 * Writes  seal with the keyfile's key write.field: enc:v2, bound to the row, or still enc:v1. The row
 *         has to be known before, so create, createMany and nested creates set `id` to a new UUID
 *         where there is none, and update and upsert that name their record otherwise look its id up
 *         and add it to `where`. That question is asked outside of an open $transaction: name the id
 *         there. NULL and '' stay as they are.
 * Refused (SealedFieldError, nothing is written): updateMany and updateManyAndReturn of a sealed
 *         column, nested updates of one without where.id, a new id for a record, a text that is
 *         sealed already or is a placeholder, groupBy, _min and _max of a sealed column.
 * Not seen: $queryRaw and $executeRaw. Filters and orderings by a sealed column see ciphertext, as
 *         they did before.
 *
 * That an older value of the same cell is put back is not noticed. Unpaired surrogates become U+FFFD.
 * Node.js 20 or newer; Prisma 5, 6 and 7 (Prisma is not imported).
 */
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync } from "node:crypto";
import { randomBytes, randomUUID, type KeyObject } from "node:crypto";
import { closeSync, fstatSync, openSync, readFileSync, statSync } from "node:fs";

// --- which fields -------------------------------------------------------------------------------

export interface SealedModel {
  readonly model: string; // Prisma's name
  readonly table: string; // the logical name in pcx's registry: part of every enc:v2 value
  readonly columns: readonly string[]; // text columns, each bound to its row
  readonly relations: readonly string[]; // the fields of other models that hold its records
}

export const SEALED_MODELS: readonly SealedModel[] = [
  {
    model: "MedicalRecord",
    table: "medical_records",
    columns: ["chiefComplaint", "diagnosis", "treatment", "notes"],
    relations: ["medicalRecord", "medicalRecords"],
  },
];

// The primary key of all of them: a text column, which keeps what it is given (uuid does not).
const ID = "id";

// --- errors -------------------------------------------------------------------------------------

const EXPLAINED = {
  // of reading
  malformed: "claims a format and breaks it",
  not_authentic: "does not open: damaged, moved from another row, or sealed with another key",
  unknown_key: "needs a key that the keyfile does not have",
  ambiguous: "opens with several keys: it is forged",
  not_text: "opens, and is not UTF-8",
  no_row: "needs the id of its row",
  // of writing
  no_write_key: "cannot be sealed: the keyfile names no key to write with",
  too_long: "is longer than 64 MiB",
  sealed_already: "is sealed already: opened text is written, never what is stored",
  placeholder: "is the placeholder of a value that did not open",
  not_a_text: "takes a text or null",
  bulk_update: "cannot be updated in bulk: update the records one by one",
  id_change: "belongs to its row: the id of a record does not change",
  aggregate: "is sealed, each value differently: it cannot be grouped or compared",
  operation: "is not known to be written or read by this operation",
} as const;

export type Fault = keyof typeof EXPLAINED;

export interface Place {
  readonly model: string;
  readonly column: string;
  readonly row: string | undefined; // undefined: not known, or of no single row
}

export class SealedFieldError extends Error {
  override readonly name = "SealedFieldError";
  readonly fault: Fault;
  readonly place: Place;
  constructor(fault: Fault, place: Place) {
    super(`${place.model}.${place.column} of ${place.row ?? "an unknown row"} ${EXPLAINED[fault]}`);
    this.fault = fault;
    this.place = place;
  }
}

export class KeyfileError extends Error {
  override readonly name = "KeyfileError";
}

// --- formats ------------------------------------------------------------------------------------

const V1 = "enc:v1:";
const V2 = "enc:v2:";
const ALGORITHM = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const GUIDE_NONCE_BYTES = 16;
const TAG = { authTagLength: 16 }; // without it Node.js takes tags of 4 bytes, too
const FIELD_BYTES_MAX = 64 * 1024 * 1024;
const KEY_ID_MAX = 2 ** 31 - 1;

interface Parts {
  readonly nonce: Buffer;
  readonly tag: Buffer;
  readonly data: Buffer;
}

/** undefined unless the text is the one that Node.js itself would write: decoding skips what it
 * does not know. */
function decode(text: string | undefined, encoding: "base64" | "base64url" | "hex") {
  const bytes = Buffer.from(text ?? "", encoding);
  return bytes.toString(encoding) === text ? bytes : undefined;
}

function partsOf(
  nonce: Buffer | undefined,
  tag: Buffer | undefined,
  data: Buffer | undefined,
  nonceBytes: number,
): Parts | undefined {
  if (nonce?.length !== nonceBytes || tag?.length !== TAG.authTagLength) return undefined;
  return data !== undefined && data.length <= FIELD_BYTES_MAX ? { nonce, tag, data } : undefined;
}

/** enc:v1:<nonce>:<tag>:<data>, each in base64. */
function splitV1(value: string): Parts | undefined {
  const [nonce, tag, data, ...more] = value.slice(V1.length).split(":");
  if (more.length > 0) return undefined;
  const [n, t, d] = [nonce, tag, data].map((part) => decode(part, "base64"));
  return partsOf(n, t, d, NONCE_BYTES);
}

const JSON_SPACE = "[ \\t\\r\\n]*";
const GUIDE_START = new RegExp(`^${JSON_SPACE}\\{`);
const GUIDE_NAME = new RegExp(`"encrypted"${JSON_SPACE}:`);
const GUIDE_MEMBER = `${JSON_SPACE}"(encrypted|iv|tag)"${JSON_SPACE}:${JSON_SPACE}"([0-9a-f]*)"${JSON_SPACE}`;
const GUIDE = new RegExp(
  `^${JSON_SPACE}\\{${Array(3).fill(GUIDE_MEMBER).join(",")}\\}${JSON_SPACE}$`,
);

/** {"encrypted": …, "iv": …, "tag": …} in lower-case hex, in any order (jsonb has its own). */
function splitGuide(value: string): Parts | undefined {
  const [, ...found] = GUIDE.exec(value) ?? [];
  const members = new Map<string | undefined, string | undefined>();
  for (let i = 0; i < found.length; i += 2) members.set(found[i], found[i + 1]);
  const [n, t, d] = ["iv", "tag", "encrypted"].map((name) => decode(members.get(name), "hex"));
  return partsOf(n, t, d, GUIDE_NONCE_BYTES);
}

/** enc:v2:<key id>:<base64url of nonce, data and tag>. */
function splitV2(value: string): (Parts & { readonly id: number }) | undefined {
  const end = value.indexOf(":", V2.length);
  const id = keyIdOf(value.slice(V2.length, end));
  const bytes = decode(value.slice(end + 1), "base64url");
  if (end < 0 || id === undefined || bytes === undefined) return undefined;
  const [nonce, tag] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(-TAG.authTagLength)];
  if (bytes.length < NONCE_BYTES + TAG.authTagLength) return undefined;
  const data = bytes.subarray(NONCE_BYTES, -TAG.authTagLength);
  const parts = partsOf(nonce, tag, data, NONCE_BYTES);
  return parts && { ...parts, id };
}

function keyIdOf(digits: string): number | undefined {
  if (!/^[1-9][0-9]{0,9}$/.test(digits)) return undefined;
  return Number(digits) <= KEY_ID_MAX ? Number(digits) : undefined;
}

type Format = "v1" | "json" | "v2";

function formatOf(value: string): Format | undefined {
  if (value.startsWith(V2)) return "v2";
  if (value.startsWith(V1)) return "v1";
  return GUIDE_START.test(value) && GUIDE_NAME.test(value) ? "json" : undefined;
}

function encrypt(key: KeyObject, associated: Buffer | undefined, text: string): Parts {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, TAG);
  if (associated !== undefined) cipher.setAAD(associated);
  const data = cipher.update(text, "utf8");
  cipher.final();
  return { nonce, data, tag: cipher.getAuthTag() };
}

function decrypt(key: KeyObject, associated: Buffer | undefined, parts: Parts): Buffer | undefined {
  const decipher = createDecipheriv(ALGORITHM, key, parts.nonce, TAG);
  if (associated !== undefined) decipher.setAAD(associated);
  decipher.setAuthTag(parts.tag);
  const text = decipher.update(parts.data);
  try {
    decipher.final();
  } catch {
    return undefined; // the tag is wrong; what was decrypted stays here
  }
  return text;
}

/** A text behind its length, so that no two lists of texts give the same bytes. */
function counted(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  const size = Buffer.alloc(4);
  size.writeUInt32BE(bytes.length);
  return Buffer.concat([size, bytes]);
}

// --- keys ---------------------------------------------------------------------------------------

export interface Column {
  readonly table: string;
  readonly column: string;
}

export type Opened = { readonly text: string } | { readonly fault: Fault } | "plaintext";

interface ColumnKey {
  readonly key: KeyObject;
  readonly associated: Buffer; // all but the row
}

/** One key of the keyfile. Of v2 the columns' own keys, each derived once. */
class Key {
  readonly id: number;
  readonly format: Format;
  readonly key: KeyObject;
  readonly mayWrite: boolean;
  readonly #columns = new Map<string, ColumnKey>();

  constructor(id: number, format: Format, bytes: Buffer, state: string) {
    this.id = id;
    this.format = format;
    this.key = secretOf(bytes);
    this.mayWrite = format !== "json" && state !== "pending";
  }

  sealV2({ table, column }: Column, row: string, text: string): string {
    const { key, associated } = this.#of(table, column);
    const { nonce, data, tag } = encrypt(key, Buffer.concat([associated, counted(row)]), text);
    return `${V2}${this.id}:${Buffer.concat([nonce, data, tag]).toString("base64url")}`;
  }

  openV2({ table, column }: Column, row: string, parts: Parts): Buffer | undefined {
    const { key, associated } = this.#of(table, column);
    return decrypt(key, Buffer.concat([associated, counted(row)]), parts);
  }

  #of(table: string, column: string): ColumnKey {
    const name = `${table}\0${column}`;
    const known = this.#columns.get(name);
    if (known !== undefined) return known;
    const place = [counted(table), counted(column)];
    const info = Buffer.concat([Buffer.from("pcx-fe-v2/col\0"), ...place]);
    const derived = Buffer.from(hkdfSync("sha256", this.key, "", info, KEY_BYTES));
    const label = Buffer.from("pcx-fe-v2\0");
    const associated = Buffer.concat([label, counted(String(this.id)), ...place]);
    const made = { key: secretOf(derived), associated };
    this.#columns.set(name, made);
    return made;
  }
}

/** Takes the bytes out of reach of console.log and wipes them. */
function secretOf(bytes: Buffer): KeyObject {
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}

interface Keys {
  readonly v2: ReadonlyMap<number, Key>;
  readonly v1: readonly Key[]; // newest first
  readonly json: readonly Key[];
  readonly write: Key | undefined;
}

const KEYFILE_VERSION = 1;
const KEYFILE_BYTES_MAX = 1024 * 1024;
const LOOK_EVERY_MS = 1000;
const STATES = ["active", "pending", "decrypt_only"];

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readKey(name: string, entry: unknown): Key | undefined {
  const id = keyIdOf(name);
  if (id === undefined || !isObject(entry))
    throw new KeyfileError("a key of the keyfile has no id");
  const { purpose, format, key } = entry;
  const state = String(entry["state"]);
  if (purpose !== "field" || !STATES.includes(state)) return undefined;
  if (format !== "v1" && format !== "json" && format !== "v2") return undefined;
  const bytes = decode(typeof key === "string" ? key : undefined, "base64");
  if (bytes?.length !== KEY_BYTES)
    throw new KeyfileError(`key ${id} is not ${KEY_BYTES} bytes long`);
  return new Key(id, format, bytes, state);
}

function readWriteKey(write: unknown, keys: readonly Key[]): Key | undefined {
  const id = isObject(write) ? write["field"] : undefined;
  if (id === undefined) return undefined;
  const key = keys.find((one) => one.id === id && one.mayWrite);
  if (key === undefined)
    throw new KeyfileError("the keyfile's write.field names no key to write with");
  return key;
}

/** Members it does not know are left out. No message quotes the text, as JSON.parse's own would. */
function readKeys(text: string): Keys {
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
  const keys = Object.entries(held).flatMap(([name, entry]) => readKey(name, entry) ?? []);
  keys.sort((one, other) => other.id - one.id);
  return {
    v2: new Map(keys.filter((key) => key.format === "v2").map((key) => [key.id, key])),
    v1: keys.filter((key) => key.format === "v1"),
    json: keys.filter((key) => key.format === "json"),
    write: readWriteKey(file["write"], keys),
  };
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

export interface KeyringOptions {
  readonly path?: string; // default: PCX_KEYFILE
  /** Called once a second at most, while a changed keyfile cannot be used. Default: a warning of
   * the process. */
  readonly onKeyfileError?: (error: Error) => void;
  readonly now?: () => number; // milliseconds that never go back
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The keys of the keyfile, kept up to date. Throws when there is no usable file to begin with. */
export class Keyring {
  readonly #path: string;
  readonly #now: () => number;
  readonly #onError: (error: Error) => void;
  #keys: Keys;
  #stamp: string;
  #lookedAt: number;

  constructor(options: KeyringOptions = {}) {
    this.#path = options.path ?? process.env["PCX_KEYFILE"] ?? "";
    if (this.#path === "") throw new KeyfileError("PCX_KEYFILE does not name a keyfile");
    this.#now = options.now ?? (() => performance.now());
    this.#onError = options.onKeyfileError ?? ((error) => process.emitWarning(error));
    this.#lookedAt = this.#now();
    const { text, stamp } = readPrivately(this.#path);
    this.#keys = readKeys(text);
    this.#stamp = stamp;
  }

  /** The stored text, or why there is none. */
  seal(column: Column, row: string, text: string): string | { readonly fault: Fault } {
    const key = this.#current().write;
    if (key === undefined) return { fault: "no_write_key" };
    if (Buffer.byteLength(text) > FIELD_BYTES_MAX) return { fault: "too_long" };
    if (row === "") return { fault: "no_row" };
    if (key.format === "v2") return key.sealV2(column, row, text);
    const { nonce, tag, data } = encrypt(key.key, undefined, text);
    return V1 + [nonce, tag, data].map((part) => part.toString("base64")).join(":");
  }

  /** What a stored text says. `row` matters to enc:v2 only. Never throws for what `value` holds. */
  open(column: Column, row: string | undefined, value: string): Opened {
    const format = formatOf(value);
    if (format === undefined) return "plaintext";
    const keys = this.#current();
    const bytes =
      format === "v2"
        ? openNamed(keys.v2, column, row, value)
        : openWithEach(keys[format], format === "v1" ? splitV1(value) : splitGuide(value));
    if (typeof bytes === "string") return { fault: bytes };
    try {
      return { text: utf8.decode(bytes) };
    } catch {
      return { fault: "not_text" };
    }
  }

  #current(): Keys {
    if (this.#now() - this.#lookedAt < LOOK_EVERY_MS) return this.#keys;
    this.#lookedAt = this.#now();
    try {
      if (stampOf(statSync(this.#path, { bigint: true })) !== this.#stamp) this.#reload();
    } catch (error) {
      this.#onError(error instanceof Error ? error : new KeyfileError("the keyfile is unreadable"));
    }
    return this.#keys;
  }

  #reload(): void {
    const { text, stamp } = readPrivately(this.#path);
    this.#keys = readKeys(text);
    this.#stamp = stamp; // last: what could not be used is tried again
  }
}

function openNamed(
  keys: ReadonlyMap<number, Key>,
  column: Column,
  row: string | undefined,
  value: string,
): Buffer | Fault {
  const parts = splitV2(value);
  if (parts === undefined) return "malformed";
  const key = keys.get(parts.id);
  if (key === undefined) return "unknown_key";
  if (row === undefined) return "no_row";
  return key.openV2(column, row, parts) ?? "not_authentic";
}

/** Every key, also after one fits: a value made to open with two is found only so. */
function openWithEach(keys: readonly Key[], parts: Parts | undefined): Buffer | Fault {
  if (parts === undefined) return "malformed";
  if (keys.length === 0) return "unknown_key";
  const opened = keys.flatMap(({ key }) => decrypt(key, undefined, parts) ?? []);
  return opened.length > 1 ? "ambiguous" : (opened[0] ?? "not_authentic");
}

// --- Prisma -------------------------------------------------------------------------------------

type Args = Record<string, unknown>;

interface Call {
  readonly model: string;
  readonly operation: string;
  readonly args: unknown;
  readonly query: (args: never) => PromiseLike<unknown>; // another type for each model and operation
}

export interface QueryExtension {
  readonly name: string;
  readonly query: {
    readonly $allModels: { readonly $allOperations: (call: Call) => Promise<unknown> };
  };
}

export interface SealedFieldsOptions extends KeyringOptions {
  readonly keyring?: Keyring; // default: one of its own
  readonly models?: readonly SealedModel[]; // default: SEALED_MODELS
  /** Told of every text read that claims no format, for a metric. */
  readonly onPlaintext?: (place: Place) => void;
  /** The placeholder to show instead of a value that does not open; not ''. Give one text for all, or
   * a few: they are remembered, so that none is written over what it stands for. */
  readonly onUnreadable?: (error: SealedFieldError) => string;
}

const PLACEHOLDERS_MAX = 100;
const READS = [
  ...["findUnique", "findUniqueOrThrow", "findFirst", "findFirstOrThrow", "findMany"],
  ...["count", "aggregate", "groupBy", "delete", "deleteMany"],
];
const AGGREGATES = ["aggregate", "groupBy", "count"];

/** In results: a record or JSON. Decimals, dates and bytes are values. */
function isPlain(value: unknown): value is Args {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function mapMembers(object: Args, change: (value: unknown, name: string) => unknown): Args {
  return Object.fromEntries(Object.entries(object).map(([key, held]) => [key, change(held, key)]));
}

function mapEach(value: unknown, change: (object: Args) => unknown): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => mapEach(one, change));
  return isObject(value) ? change(value) : value;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function idIn(where: unknown): string | undefined {
  return isObject(where) ? textOf(where[ID]) : undefined;
}

/** Whether a query leaves out the id of its records. */
function hidesId(asked: Args | undefined): boolean {
  const { select, omit } = asked ?? {};
  if (isObject(select)) return select[ID] !== true;
  return isObject(omit) && omit[ID] === true;
}

/** What a query asks of the records behind a field. */
function askedOf(asked: Args | undefined, field: string): Args | undefined {
  for (const part of [asked?.["select"], asked?.["include"]]) {
    const inner = isObject(part) ? part[field] : undefined;
    if (isObject(inner)) return inner;
  }
  return undefined;
}

/** findUnique().field() selects that field alone, and its result is what the field holds. */
function followedField(asked: Args | undefined, result: unknown): string | undefined {
  const select = asked?.["select"];
  const [field, ...others] = isObject(select) ? Object.keys(select) : [];
  const record: unknown = Array.isArray(result) ? result[0] : result;
  const isFollowed = field !== undefined && others.length === 0;
  return isFollowed && isPlain(record) && !Object.hasOwn(record, field) ? field : undefined;
}

const NESTED_WRITES = ["create", "createMany", "connectOrCreate", "update", "updateMany", "upsert"];

function isNestedWrite(value: unknown): value is Args {
  return isObject(value) && Object.keys(value).some((name) => NESTED_WRITES.includes(name));
}

/** What leaves a text column empty or as it was. Prisma.skip is an object without members; others
 * Prisma refuses, unless they make a text of themselves. */
function storesNoText(value: unknown): boolean {
  if (isObject(value)) return Object.keys(value).length === 0 && !("toJSON" in value);
  return value === undefined || value === null || value === "";
}

export class SealedFields {
  readonly #keyring: Keyring;
  readonly #models: readonly SealedModel[];
  readonly #behind = new Map<string, SealedModel>(); // by the name of a relation
  readonly #options: SealedFieldsOptions;
  readonly #placeholders = new Set<string>();

  constructor(options: SealedFieldsOptions = {}) {
    this.#options = options;
    this.#keyring = options.keyring ?? new Keyring(options);
    this.#models = options.models ?? SEALED_MODELS;
    for (const model of this.#models) {
      for (const relation of model.relations) this.#behind.set(relation, model);
    }
  }

  /** For base.$extends(). `base` is asked for ids that a query does not name. Throws when its models
   * are not those of the list, or other relations lead to them. */
  extension(base: object): QueryExtension {
    this.#checkModels(base);
    const $allOperations = (call: Call) => this.#run(base, call);
    return { name: "sealed-fields", query: { $allModels: { $allOperations } } };
  }

  /** A value copied elsewhere with its row's id: audit_logs.changes, with resourceId. */
  openCopy(table: string, column: string, resourceId: string, text: string): string {
    const model = this.#models.find((one) => one.table === table);
    return this.#open(model ?? { model: table, table }, column, resourceId, text);
  }

  async #run(base: object, { model: name, operation, args, query }: Call): Promise<unknown> {
    const model = this.#models.find((one) => one.model === name);
    const given = isObject(args) ? args : {};
    if (AGGREGATES.includes(operation)) {
      if (model !== undefined) refuseAggregates(model, given);
      return query(args as never);
    }
    const written = await this.#written(base, model, operation, given);
    const result = await query(this.#withIds(written, model) as never);
    return this.#openResult(result, model, given);
  }

  // --- reading

  #openResult(result: unknown, model: SealedModel | undefined, asked: Args | undefined): unknown {
    const field = followedField(asked, result);
    if (field === undefined) return this.#openAll(result, model, asked);
    return this.#openResult(result, this.#behind.get(field), askedOf(asked, field));
  }

  #openAll(value: unknown, model: SealedModel | undefined, asked: Args | undefined): unknown {
    if (Array.isArray(value)) return value.map((one) => this.#openAll(one, model, asked));
    if (!isPlain(value)) return value;
    const row = textOf(value[ID]);
    const { [ID]: id, ...others } = value;
    const kept = model !== undefined && hidesId(asked) ? others : value;
    return mapMembers(kept, (held, name) => {
      if (!model?.columns.includes(name)) {
        return this.#openAll(held, this.#behind.get(name), askedOf(asked, name));
      }
      return typeof held === "string" && held !== "" ? this.#open(model, name, row, held) : held;
    });
  }

  #open(
    { model, table }: Pick<SealedModel, "model" | "table">,
    column: string,
    row: string | undefined,
    value: string,
  ): string {
    const opened = this.#keyring.open({ table, column }, row, value);
    if (opened === "plaintext") {
      this.#options.onPlaintext?.({ model, column, row });
      return value;
    }
    if ("text" in opened) return opened.text;
    return this.#placeholderFor(new SealedFieldError(opened.fault, { model, column, row }));
  }

  #placeholderFor(error: SealedFieldError): string {
    const text = this.#options.onUnreadable?.(error) ?? "";
    const isKnown = this.#placeholders.has(text);
    // One that is not remembered could be written back.
    if (text === "" || (!isKnown && this.#placeholders.size >= PLACEHOLDERS_MAX)) throw error;
    this.#placeholders.add(text);
    return text;
  }

  /** The same query, with the id of every record whose sealed columns it asks for. */
  #withIds(args: Args, model: SealedModel | undefined): Args {
    const wanted = mapMembers(args, (part, name) => {
      if ((name !== "select" && name !== "include") || !isObject(part)) return part;
      return mapMembers(part, (inner, field) =>
        isObject(inner) ? this.#withIds(inner, this.#behind.get(field)) : inner,
      );
    });
    const { select, omit } = wanted;
    if (isObject(select) && model?.columns.some((column) => select[column] === true)) {
      wanted["select"] = { ...select, [ID]: true };
    }
    if (isObject(omit) && model !== undefined) wanted["omit"] = { ...omit, [ID]: false };
    return wanted;
  }

  // --- writing

  async #written(
    base: object,
    model: SealedModel | undefined,
    operation: string,
    args: Args,
  ): Promise<Args> {
    const { data } = args;
    switch (operation) {
      case "create":
      case "createMany":
      case "createManyAndReturn":
        return { ...args, data: mapEach(data, (one) => this.#sealNew(model, one)) };
      case "update":
        return this.#writtenUpdate(base, model, args);
      case "upsert":
        return this.#writtenUpsert(base, model, args);
      case "updateMany":
      case "updateManyAndReturn":
        return { ...args, data: mapEach(data, (one) => this.#sealBulk(model, one)) };
      default:
        if (model !== undefined && !READS.includes(operation)) {
          throw new SealedFieldError("operation", placeOf(model, operation));
        }
        return args;
    }
  }

  async #writtenUpdate(base: object, model: SealedModel | undefined, args: Args): Promise<Args> {
    const { where, data } = args;
    const known = idIn(where);
    const asks = model !== undefined && known === undefined && needsRow(model, data);
    const row = asks ? await findId(base, model, "findUniqueOrThrow", where) : known;
    const sealed = mapEach(data, (one) => this.#sealChange(model, one, row));
    return { ...args, where: asks ? pinned(where, row) : where, data: sealed };
  }

  async #writtenUpsert(base: object, model: SealedModel | undefined, args: Args): Promise<Args> {
    const { where, create, update } = args;
    if (model === undefined || !isObject(create)) return { ...args, ...this.#upsert(model, args) };
    const known = idIn(where);
    if (known !== undefined || !needsRow(model, update)) {
      return { ...args, ...this.#upsert(model, args) };
    }
    // Without a record the update is pinned to the new one, which nobody else has: a record that is
    // made meanwhile is then a unique violation, not a value of another row.
    const found = await findId(base, model, "findUnique", where);
    const made = { ...create, [ID]: create[ID] ?? found ?? randomUUID() };
    const row = found ?? textOf(made[ID]);
    const pinnedWhere = pinned(where, row);
    const sealed = this.#upsert(model, { where: pinnedWhere, create: made, update });
    return { ...args, ...sealed, where: pinnedWhere };
  }

  #upsert(model: SealedModel | undefined, { where, create, update }: Args): Args {
    return {
      create: mapEach(create, (one) => this.#sealNew(model, one)),
      update: mapEach(update, (one) => this.#sealChange(model, one, idIn(where))),
    };
  }

  #sealNew(model: SealedModel | undefined, data: Args): Args {
    if (model === undefined) return this.#sealData(model, data, undefined);
    const row = data[ID] ?? randomUUID();
    return this.#sealData(model, { ...data, [ID]: row }, textOf(row));
  }

  #sealChange(model: SealedModel | undefined, data: Args, row: string | undefined): Args {
    if (model !== undefined && data[ID] !== undefined && data[ID] !== row) {
      throw new SealedFieldError("id_change", { model: model.model, column: ID, row });
    }
    return this.#sealData(model, data, row);
  }

  #sealBulk(model: SealedModel | undefined, data: Args): Args {
    const column = model && sealedIn(model, data)[0];
    if (column !== undefined) throw new SealedFieldError("bulk_update", placeOf(model, column));
    return this.#sealChange(model, data, undefined);
  }

  #sealData(model: SealedModel | undefined, data: Args, row: string | undefined): Args {
    return mapMembers(data, (value, name) => {
      if (model?.columns.includes(name)) return this.#sealField(model, name, row, value);
      return isNestedWrite(value) ? this.#sealNested(value, this.#behind.get(name)) : value;
    });
  }

  #sealField(model: SealedModel, column: string, row: string | undefined, value: unknown): unknown {
    const place = { model: model.model, column, row };
    if (isObject(value) && "set" in value) {
      return { ...value, set: this.#sealField(model, column, row, value["set"]) };
    }
    if (storesNoText(value)) return value;
    if (typeof value !== "string") throw new SealedFieldError("not_a_text", place);
    if (formatOf(value) !== undefined) throw new SealedFieldError("sealed_already", place);
    if (this.#placeholders.has(value)) throw new SealedFieldError("placeholder", place);
    const { table } = model;
    const sealed = this.#keyring.seal({ table, column }, row ?? "", value);
    if (typeof sealed !== "string") throw new SealedFieldError(sealed.fault, place);
    return sealed;
  }

  /** The writes behind a relation: {create: …, update: …}; perhaps JSON that looks like them. */
  #sealNested(writes: Args, model: SealedModel | undefined): Args {
    return mapMembers(writes, (value, operation) =>
      mapEach(value, (one) => {
        if (model === undefined && "toJSON" in one) return one; // a date
        switch (operation) {
          case "create":
            return this.#sealNew(model, one);
          case "createMany":
            return { ...one, data: mapEach(one["data"], (data) => this.#sealNew(model, data)) };
          case "connectOrCreate":
            return { ...one, create: mapEach(one["create"], (data) => this.#sealNew(model, data)) };
          case "update":
            return this.#sealNestedUpdate(model, one);
          case "updateMany":
            return { ...one, data: mapEach(one["data"], (data) => this.#sealBulk(model, data)) };
          case "upsert":
            return { ...one, ...this.#upsert(model, one) };
          default:
            return one;
        }
      }),
    );
  }

  /** {where, data}, or of a relation to one record the data alone. */
  #sealNestedUpdate(model: SealedModel | undefined, update: Args): Args {
    const isWrapped = Object.keys(update).every((name) => name === "where" || name === "data");
    if (!isWrapped) return this.#sealChange(model, update, undefined);
    const row = idIn(update["where"]);
    return { ...update, data: mapEach(update["data"], (one) => this.#sealChange(model, one, row)) };
  }

  /** Prisma's clients show their data model, though not as a promise: it is only checked with. */
  #checkModels(base: object): void {
    for (const { model } of this.#models) delegateOf(base, model);
    const shown: unknown = "_runtimeDataModel" in base ? base._runtimeDataModel : undefined;
    const models = isObject(shown) && isObject(shown["models"]) ? shown["models"] : {};
    for (const [name, model] of Object.entries(models)) {
      const fields: unknown = isObject(model) ? model["fields"] : [];
      const described = Array.isArray(fields) ? fields.filter(isObject) : [];
      for (const field of described) this.#checkRelation(name, field);
      const sealed = this.#models.find((one) => one.model === name);
      const missing = [ID, ...(sealed?.columns ?? [])].find(
        (column) => !described.some((field) => field["name"] === column),
      );
      if (sealed && missing) throw new Error(`sealed-fields: ${name} has no ${missing}`);
    }
  }

  #checkRelation(model: string, field: Args): void {
    const { name, type, kind } = field;
    const sealed = this.#models.find((one) => one.model === type);
    if (kind !== "object" || this.#behind.get(String(name)) === sealed) return;
    throw new Error(
      `sealed-fields: ${model}.${String(name)} holds ${String(type)}: ` +
        "write the relations of SEALED_MODELS as they are",
    );
  }
}

function placeOf(model: SealedModel | undefined, column: string): Place {
  return { model: model?.model ?? "", column, row: undefined };
}

/** The sealed columns that data writes a text to. */
function sealedIn(model: SealedModel, data: unknown): string[] {
  if (!isObject(data)) return [];
  return model.columns.filter((column) => {
    const value = data[column];
    return !storesNoText(isObject(value) && "set" in value ? value["set"] : value);
  });
}

function needsRow(model: SealedModel, data: unknown): boolean {
  return sealedIn(model, data).length > 0 || (isObject(data) && data[ID] !== undefined);
}

function refuseAggregates(model: SealedModel, args: Args): void {
  const by: unknown[] = Array.isArray(args["by"]) ? args["by"] : [args["by"]];
  const compared = [args["_min"], args["_max"]]
    .filter(isObject)
    .flatMap((part) => Object.keys(part));
  const column = model.columns.find((one) => by.includes(one) || compared.includes(one));
  if (column !== undefined) throw new SealedFieldError("aggregate", placeOf(model, column));
}

/** The record must still be the one whose id was looked up. */
function pinned(where: unknown, row: string | undefined): Args {
  return { ...(isObject(where) ? where : {}), [ID]: row };
}

interface Delegate {
  findUnique(args: unknown): PromiseLike<unknown>;
  findUniqueOrThrow(args: unknown): PromiseLike<unknown>;
}

function delegateOf(base: object, model: string): Delegate {
  const name = model.charAt(0).toLowerCase() + model.slice(1);
  const delegate = (base as Record<string, Delegate | undefined>)[name];
  if (delegate === undefined) throw new Error(`sealed-fields: the client has no ${name}`);
  return delegate;
}

async function findId(
  base: object,
  { model }: SealedModel,
  operation: keyof Delegate,
  where: unknown,
): Promise<string | undefined> {
  return idIn(await delegateOf(base, model)[operation]({ where, select: { [ID]: true } }));
}
