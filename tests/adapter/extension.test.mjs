// What the extension makes of Prisma's calls: sealed on the way down, opened on the way up.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openV1, openV2, sealGuide, sealV1, sealV2 } from "./reference.mjs";
import { ALL, fieldsOver, keyOf, SealedFieldError, SEALED_MODELS } from "./support.mjs";

const ID = "8f14e45f-ceea-467f-a8f0-7c6b2b1c9a01";
const OTHER = "8f14e45f-ceea-467f-a8f0-7c6b2b1c9a02";
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const at = (column) => ({ table: "medical_records", column });
const sealed = (column, text, row = ID) => sealV2(keyOf(0x33), 3, at(column), row, text);
const opened = (column, value, row = ID) => openV2(keyOf(0x33), 3, at(column), row, value);
const faultOf = (fault, place) => (error) => {
  assert.ok(error instanceof SealedFieldError, String(error));
  assert.equal(error.fault, fault);
  if (place !== undefined) assert.deepEqual(error.place, { model: "MedicalRecord", ...place });
  return true;
};
const stored = (row = ID) => ({
  id: row,
  chiefComplaint: sealed("chiefComplaint", "limps", row),
  diagnosis: sealed("diagnosis", "sprain", row),
  treatment: "",
  notes: null,
});
const shown = (row = ID) => ({
  ...{ id: row, chiefComplaint: "limps", diagnosis: "sprain", treatment: "", notes: null },
});

// --- the list

test("names the application's fields", () => {
  assert.deepEqual(SEALED_MODELS.map(({ model, table, columns }) => ({ model, table, columns })), [
    { model: "MedicalRecord", table: "medical_records",
      columns: ["chiefComplaint", "diagnosis", "treatment", "notes"] },
  ]);
});

// --- reading

test("opens records, and leaves NULL and '' as they are", async () => {
  const { run } = fieldsOver();
  for (const operation of ["findUnique", "findUniqueOrThrow", "findFirst", "findFirstOrThrow",
    "delete"]) {
    assert.deepEqual((await run("MedicalRecord", operation, {}, stored())).got, shown());
  }
  const both = [stored(), stored(OTHER)];
  const { got } = await run("MedicalRecord", "findMany", undefined, both);
  assert.deepEqual(got, [shown(), shown(OTHER)]);
  assert.deepEqual((await run("MedicalRecord", "findUnique", {}, null)).got, null);
});

test("opens every format that may stand in a column", async () => {
  const record = { ...stored(), diagnosis: sealV1(keyOf(0x11), "old"),
    treatment: sealGuide(keyOf(0x22), "guide") };
  const { got } = await fieldsOver().run("MedicalRecord", "findFirst", {}, record);
  assert.deepEqual(got, { ...shown(), diagnosis: "old", treatment: "guide" });
});

test("counts text that is not encrypted", async () => {
  const places = [];
  const { run } = fieldsOver({ onPlaintext: (place) => places.push(place) });
  const { got } = await run("MedicalRecord", "findFirst", {}, { ...stored(), notes: "bare" });
  assert.equal(got.notes, "bare");
  assert.deepEqual(places, [{ model: "MedicalRecord", column: "notes", row: ID }]);
});

test("opens records at every depth, and nothing of other models", async () => {
  const { run } = fieldsOver();
  const born = new Date(0);
  const looksSealed = sealed("notes", "mine");
  const patient = { id: "p", notes: looksSealed, born, medicalRecords: [stored()],
    vital: { notes: looksSealed }, visits: [{ id: "v", medicalRecord: stored(OTHER) }] };
  const { got } = await run("Client", "findMany", {}, [{ id: "c", patients: [patient] }]);
  assert.deepEqual(got, [{ id: "c", patients: [{ ...patient, medicalRecords: [shown()],
    visits: [{ id: "v", medicalRecord: shown(OTHER) }] }] }]);
  assert.equal(got[0].patients[0].born, born);
});

test("keeps values that are no records", async () => {
  class Decimal { d = [1]; }
  const values = { price: new Decimal(), bytes: Buffer.from("x"), big: 1n, list: ["a", null],
    json: JSON.parse('{"__proto__": {"id": 1}}') };
  const { got } = await fieldsOver().run("Invoice", "findFirst", {}, values);
  assert.deepEqual(got, values);
  assert.equal(got.price, values.price);
  assert.equal(Object.hasOwn(got.json, "__proto__"), true);
});

test("asks for the ids it needs, and does not show them", async () => {
  const { run } = fieldsOver();
  const one = async (model, args, result) => {
    const before = structuredClone(args);
    const ran = await run(model, "findFirst", args, result);
    assert.deepEqual(args, before);
    return ran;
  };
  const pick = { id: ID, diagnosis: sealed("diagnosis", "sprain") };
  const selected = await one("MedicalRecord", { select: { diagnosis: true } }, pick);
  assert.deepEqual(selected.sent, { select: { diagnosis: true, id: true } });
  assert.deepEqual(selected.got, { diagnosis: "sprain" });

  const omitted = await one("MedicalRecord", { omit: { id: true, notes: true } }, pick);
  assert.deepEqual(omitted.sent, { omit: { id: false, notes: true } });
  assert.deepEqual(omitted.got, { diagnosis: "sprain" });

  const nested = { select: { name: true, medicalRecords: { select: { diagnosis: true }, take: 1 } } };
  const within = await one("Patient", nested, { name: "Rex", medicalRecords: [pick] });
  assert.deepEqual(within.sent.select.medicalRecords, { select: { diagnosis: true, id: true }, take: 1 });
  assert.deepEqual(within.got, { name: "Rex", medicalRecords: [{ diagnosis: "sprain" }] });

  const deep = { include: { patients: { include: { medicalRecords: { omit: { id: true } } } } } };
  const below = await one("Client", deep, { id: "c", patients: [{ medicalRecords: [pick] }] });
  assert.deepEqual(below.got, { id: "c", patients: [{ medicalRecords: [{ diagnosis: "sprain" }] }] });

  const plain = await one("MedicalRecord", { select: { visitDate: true } }, { visitDate: 1 });
  assert.deepEqual(plain.sent, { select: { visitDate: true } });
  assert.deepEqual(plain.got, { visitDate: 1 });
});

// findUnique().medicalRecords(): Prisma selects the field and gives what it holds.
test("opens records that are reached through a relation", async () => {
  const { run } = fieldsOver();
  const follow = async (model, select, result) =>
    (await run(model, "findUnique", { where: { id: "x" }, select }, result)).got;
  assert.deepEqual(await follow("Patient", { medicalRecords: true }, [stored()]), [shown()]);
  assert.deepEqual(await follow("Visit", { medicalRecord: true }, stored()), shown());
  const part = [{ id: ID, diagnosis: sealed("diagnosis", "sprain") }];
  const args = { medicalRecords: { select: { diagnosis: true } } };
  assert.deepEqual(await follow("Patient", args, part), [{ diagnosis: "sprain" }]);
  const twice = { tenant: { select: { patients: { include: { medicalRecords: true } } } } };
  const patients = [{ id: "p", medicalRecords: [stored()] }];
  assert.deepEqual(await follow("Client", twice, patients), [{ id: "p", medicalRecords: [shown()] }]);
  assert.deepEqual(await follow("Patient", { medicalRecords: true }, []), []);
  assert.equal(await follow("Visit", { medicalRecord: true }, null), null);
});

test("names what does not open, and nothing of it", async () => {
  const { run } = fieldsOver();
  const value = sealed("diagnosis", "sprain", OTHER);
  const record = { ...stored(), diagnosis: value };
  await assert.rejects(run("MedicalRecord", "findMany", {}, [stored(OTHER), record]), (error) => {
    faultOf("not_authentic", { column: "diagnosis", row: ID })(error);
    assert.match(error.message, new RegExp(`^MedicalRecord.diagnosis of ${ID} does not open`));
    assert.ok(!error.stack.includes(value.slice(9, 30)));
    return true;
  });
  const broken = { ...stored(), notes: "enc:v2:3:AAAA" };
  const place = { column: "notes", row: ID };
  await assert.rejects(run("MedicalRecord", "findFirst", {}, broken), faultOf("malformed", place));
  const { id, ...without } = stored();
  await assert.rejects(run("MedicalRecord", "findFirst", {}, without),
    faultOf("no_row", { column: "chiefComplaint", row: undefined }));
});

test("shows placeholders when asked, and never writes one", async () => {
  const errors = [];
  const { run } = fieldsOver({ onUnreadable: (error) => errors.push(error) && "[unreadable]" });
  const page = [stored(), { ...stored(OTHER), diagnosis: sealed("diagnosis", "x") }];
  const { got } = await run("MedicalRecord", "findMany", {}, page);
  assert.deepEqual(got, [shown(), { ...shown(OTHER), diagnosis: "[unreadable]" }]);
  assert.deepEqual(errors.map(({ place }) => place.row), [OTHER]);
  const write = run("MedicalRecord", "update", { where: { id: OTHER }, data: got[1] });
  await assert.rejects(write, faultOf("placeholder", { column: "diagnosis", row: OTHER }));
});

test("throws where a placeholder could not be told from text", async () => {
  const bad = { ...stored(), notes: "enc:v2:" };
  const empty = fieldsOver({ onUnreadable: () => "" });
  await assert.rejects(empty.run("MedicalRecord", "findFirst", {}, bad), faultOf("malformed"));
  let count = 0;
  const { run } = fieldsOver({ onUnreadable: () => `[unreadable ${++count}]` });
  for (let i = 0; i < 100; ++i) await run("MedicalRecord", "findFirst", {}, bad);
  await assert.rejects(run("MedicalRecord", "findFirst", {}, bad), faultOf("malformed"));
});

test("opens copies with the id of their origin", () => {
  const { fields } = fieldsOver();
  const value = sealed("notes", "seen");
  assert.equal(fields.openCopy("medical_records", "notes", ID, value), "seen");
  assert.equal(fields.openCopy("medical_records", "notes", ID, sealV1(keyOf(0x11), "old")), "old");
  assert.equal(fields.openCopy("medical_records", "notes", ID, "bare"), "bare");
  assert.throws(() => fields.openCopy("medical_records", "notes", OTHER, value),
    faultOf("not_authentic", { column: "notes", row: OTHER }));
});

test("counts, and refuses to group or compare", async () => {
  const { run } = fieldsOver();
  assert.equal((await run("MedicalRecord", "count", undefined, 3)).got, 3);
  const args = { _count: { notes: true }, _max: { version: true } };
  const result = { _count: { notes: 1 }, _max: { version: 2 } };
  assert.deepEqual(await run("MedicalRecord", "aggregate", args, result), { got: result, sent: args });
  await run("Patient", "groupBy", { by: ["notes"] }, []);
  for (const [operation, bad] of [["groupBy", { by: ["tenantId", "notes"] }],
    ["groupBy", { by: "notes" }], ["aggregate", { _min: { notes: true } }],
    ["aggregate", { _max: { notes: true } }]]) {
    const refused = run("MedicalRecord", operation, bad, []);
    await assert.rejects(refused, faultOf("aggregate", { column: "notes", row: undefined }));
  }
});

// --- writing

const DATA = { chiefComplaint: "limps", diagnosis: "sprain", treatment: "", notes: null, version: 1 };

function checkSealed(data, row = data.id) {
  assert.equal(opened("chiefComplaint", data.chiefComplaint, row), "limps");
  assert.equal(opened("diagnosis", data.diagnosis, row), "sprain");
  assert.equal(data.treatment, "");
  assert.equal(data.notes, null);
}

test("creates with an id of its own or the given one", async () => {
  const { run } = fieldsOver();
  const { got, sent } = await run("MedicalRecord", "create", { data: DATA }, ({ data }) => data);
  assert.match(sent.data.id, UUID);
  checkSealed(sent.data);
  assert.deepEqual(got, { ...DATA, id: sent.data.id });
  assert.equal(DATA.id, undefined);
  const given = await run("MedicalRecord", "create", { data: { ...DATA, id: ID } });
  checkSealed(given.sent.data, ID);
  const unset = await run("MedicalRecord", "create", { data: { ...DATA, id: undefined } });
  checkSealed(unset.sent.data);
});

test("creates many, each with its id", async () => {
  const { run } = fieldsOver();
  for (const operation of ["createMany", "createManyAndReturn"]) {
    const list = [DATA, { ...DATA, id: ID }];
    const { got, sent } = await run("MedicalRecord", operation, { data: list }, ({ data }) => data);
    sent.data.forEach((one) => checkSealed(one));
    assert.equal(new Set(sent.data.map(({ id }) => id)).size, 2);
    assert.equal(got[1].diagnosis, "sprain");
    checkSealed((await run("MedicalRecord", operation, { data: DATA })).sent.data);
  }
});

test("writes enc:v1 while that is the key to write with", async () => {
  const { run } = fieldsOver({ write: 1 });
  const { sent } = await run("MedicalRecord", "create", { data: DATA });
  assert.equal(openV1(keyOf(0x11), sent.data.diagnosis), "sprain");
  const none = fieldsOver({ write: null, keys: { 1: ALL[1] } });
  const refused = none.run("MedicalRecord", "create", { data: { ...DATA, id: ID } });
  await assert.rejects(refused, faultOf("no_write_key", { column: "chiefComplaint", row: ID }));
});

test("updates by id without asking", async () => {
  const { run, asked } = fieldsOver();
  const args = { where: { id: ID, version: 3 }, data: { diagnosis: "x", notes: { set: "y" },
    treatment: { set: null }, version: { increment: 1 } } };
  const { sent } = await run("MedicalRecord", "update", args);
  assert.equal(opened("diagnosis", sent.data.diagnosis), "x");
  assert.equal(opened("notes", sent.data.notes.set), "y");
  assert.deepEqual(sent.data.treatment, { set: null });
  assert.deepEqual(sent.data.version, { increment: 1 });
  assert.deepEqual(sent.where, args.where);
  assert.deepEqual(asked, []);
});

test("updates by another unique after asking for the id, and holds to it", async () => {
  const { run, asked } = fieldsOver({ found: { id: ID } });
  const args = { where: { number: "n1" }, data: { diagnosis: "x" } };
  const { sent } = await run("MedicalRecord", "update", args);
  assert.equal(opened("diagnosis", sent.data.diagnosis), "x");
  assert.deepEqual(sent.where, { number: "n1", id: ID });
  assert.deepEqual(asked, [{ operation: "findUniqueOrThrow",
    args: { where: { number: "n1" }, select: { id: true } } }]);
  const other = await run("MedicalRecord", "update", { where: { number: "n1" }, data: { notes: null } });
  assert.deepEqual(other.sent.where, { number: "n1" });
  assert.equal(asked.length, 1);
  const missing = fieldsOver().run("MedicalRecord", "update", args);
  await assert.rejects(missing, { code: "P2025" });
});

test("upserts by id, by another unique, and what is not there yet", async () => {
  const args = { where: { number: "n1" }, create: DATA, update: { diagnosis: "x" } };
  const byId = await fieldsOver().run("MedicalRecord", "upsert", { ...args, where: { id: ID } });
  assert.equal(opened("diagnosis", byId.sent.update.diagnosis), "x");
  checkSealed(byId.sent.create);

  const there = await fieldsOver({ found: { id: ID } }).run("MedicalRecord", "upsert", args);
  assert.deepEqual(there.sent.where, { number: "n1", id: ID });
  assert.equal(opened("diagnosis", there.sent.update.diagnosis), "x");
  const own = { ...args, create: { ...DATA, id: OTHER } };
  const beside = await fieldsOver({ found: { id: ID } }).run("MedicalRecord", "upsert", own);
  checkSealed(beside.sent.create, OTHER);
  assert.equal(opened("diagnosis", beside.sent.update.diagnosis), "x");

  for (const create of [DATA, { ...DATA, id: OTHER }, { ...DATA, id: undefined }]) {
    const { sent } = await fieldsOver().run("MedicalRecord", "upsert", { ...args, create });
    checkSealed(sent.create);
    assert.deepEqual(sent.where, { number: "n1", id: sent.create.id });
    assert.equal(opened("diagnosis", sent.update.diagnosis, sent.create.id), "x");
  }
  const { run, asked } = fieldsOver();
  const untouched = await run("MedicalRecord", "upsert", { ...args, update: { version: 2 } });
  assert.deepEqual(untouched.sent.where, { number: "n1" });
  assert.deepEqual(asked, []);
});

test("refuses updates in bulk", async () => {
  const { run } = fieldsOver();
  for (const operation of ["updateMany", "updateManyAndReturn"]) {
    const place = { column: "notes", row: undefined };
    for (const notes of ["x", { set: "x" }, new URL("http://x")]) {
      const refused = run("MedicalRecord", operation, { data: { notes } });
      await assert.rejects(refused, faultOf("bulk_update", place));
    }
    const args = { where: {}, data: { deletedAt: new Date(0), notes: null, treatment: "" } };
    assert.deepEqual((await run("MedicalRecord", operation, args, [])).sent, args);
    const id = run("MedicalRecord", operation, { data: { id: ID } });
    await assert.rejects(id, faultOf("id_change"));
  }
});

test("refuses a new id for a record", async () => {
  const { run } = fieldsOver({ found: { id: ID } });
  const update = (where, id) => run("MedicalRecord", "update", { where, data: { id } });
  await assert.rejects(update({ id: ID }, OTHER), faultOf("id_change", { column: "id", row: ID }));
  await assert.rejects(update({ number: "n1" }, OTHER), faultOf("id_change"));
  await update({ id: ID }, ID);
  await update({ number: "n1" }, ID);
});

test("refuses text that is sealed already", async () => {
  const { run } = fieldsOver();
  for (const notes of [sealed("notes", "x"), sealV1(keyOf(0x11), "x"), "enc:v1:", "enc:v2:",
    sealGuide(keyOf(0x22), "x")]) {
    const refused = run("MedicalRecord", "update", { where: { id: ID }, data: { notes } });
    await assert.rejects(refused, faultOf("sealed_already", { column: "notes", row: ID }));
  }
});

test("refuses what is no text, and lets Prisma's skip pass", async () => {
  const { run } = fieldsOver();
  class Skip {}
  const skip = new Skip();
  const update = (notes) => run("MedicalRecord", "update", { where: { id: ID }, data: { notes } });
  for (const notes of [1, true, ["x"], { text: "x" }, { set: 1 }, new URL("http://x"), new Date(0),
    Object.assign(() => 1), { toJSON: () => "x" }, new (class { toJSON() { return "x"; } })()]) {
    await assert.rejects(update(notes), faultOf("not_a_text", { column: "notes", row: ID }));
  }
  assert.equal((await update(skip)).sent.data.notes, skip);
  assert.equal((await update(undefined)).sent.data.notes, undefined);
});

test("refuses ids that are no texts", async () => {
  const { run } = fieldsOver();
  for (const id of [7, ""]) {
    await assert.rejects(run("MedicalRecord", "create", { data: { ...DATA, id } }), faultOf("no_row"));
  }
});

test("refuses operations it does not know", async () => {
  const { run } = fieldsOver();
  const place = { column: "insertAll", row: undefined };
  const refused = run("MedicalRecord", "insertAll", { data: DATA });
  await assert.rejects(refused, faultOf("operation", place));
  await run("Patient", "insertAll", { data: {} });
});

// --- nested writes: sealed, or refused

const nested = async (writes, operation = "update") => {
  const { run } = fieldsOver();
  const args = { where: { id: "p" }, data: { name: "Rex", medicalRecords: writes } };
  return (await run("Patient", operation, args)).sent.data.medicalRecords;
};

test("seals records that are created with others", async () => {
  checkSealed((await nested({ create: DATA }, "create")).create);
  (await nested({ create: [DATA, DATA] })).create.forEach((one) => checkSealed(one));
  const many = await nested({ createMany: { data: [DATA, { ...DATA, id: ID }], skipDuplicates: true } });
  many.createMany.data.forEach((one) => checkSealed(one));
  assert.equal(many.createMany.skipDuplicates, true);
  const connected = await nested({ connectOrCreate: [{ where: { id: ID }, create: DATA }] });
  checkSealed(connected.connectOrCreate[0].create);
  const kept = { connect: { id: ID }, disconnect: [{ id: ID }], set: [], deleteMany: { notes: "x" } };
  assert.deepEqual(await nested(kept), kept);
});

test("seals nested updates that name the id, and refuses others", async () => {
  const data = { diagnosis: "x" };
  const update = (await nested({ update: [{ where: { id: ID }, data }] })).update[0];
  assert.equal(opened("diagnosis", update.data.diagnosis), "x");
  const upsert = (await nested({ upsert: { where: { id: ID }, create: DATA, update: data } })).upsert;
  assert.equal(opened("diagnosis", upsert.update.diagnosis), "x");
  checkSealed(upsert.create);
  const place = { column: "diagnosis", row: undefined };
  for (const writes of [{ update: { where: { number: "n" }, data } }, { update: data },
    { update: { data } }, { upsert: { where: { number: "n" }, create: DATA, update: data } }]) {
    await assert.rejects(nested(writes), faultOf("no_row", place));
  }
  for (const list of [{ where: {}, data }, [{ where: {}, data }]]) {
    await assert.rejects(nested({ updateMany: list }), faultOf("bulk_update", place));
  }
  const harmless = { update: { version: 2 }, updateMany: { where: {}, data: { notes: null } } };
  assert.deepEqual(await nested(harmless), harmless);
});

test("finds nested writes at every depth and in every operation", async () => {
  const { run } = fieldsOver();
  const deep = { patients: { create: { medicalRecords: { create: DATA } },
    update: { where: { id: "p" }, data: { visits: { upsert: { where: { id: "v" },
      create: { medicalRecord: { create: DATA } }, update: { medicalRecord: { create: DATA } } } } } },
    connectOrCreate: { where: { id: "p" }, create: { medicalRecords: { create: [DATA] } } } } };
  const upsert = await run("Client", "upsert", { where: { id: "c" }, create: deep, update: deep });
  for (const { patients } of [upsert.sent.create, upsert.sent.update]) {
    checkSealed(patients.create.medicalRecords.create);
    const visit = patients.update.data.visits.upsert;
    checkSealed(visit.create.medicalRecord.create);
    checkSealed(visit.update.medicalRecord.create);
    checkSealed(patients.connectOrCreate.create.medicalRecords.create[0]);
  }
  const own = await run("MedicalRecord", "create", { data: { ...DATA, patient: { create:
    { medicalRecords: { create: DATA } } } } });
  checkSealed(own.sent.data);
  checkSealed(own.sent.data.patient.create.medicalRecords.create);
});

// Data may be instances of the application's own classes: Prisma takes their members.
test("seals whatever class the data is of", async () => {
  class Dto { constructor(members) { Object.assign(this, members); } }
  class Told extends Dto { toJSON() { return { ...this }; } }
  const { run } = fieldsOver();
  for (const Class of [Dto, Told]) {
    const data = new Class(DATA);
    checkSealed((await run("MedicalRecord", "create", new Dto({ data }))).sent.data);
    checkSealed((await run("MedicalRecord", "createMany", { data: [data] })).sent.data[0]);
    const write = new Class({ create: data });
    const { sent } = await run("Patient", "create", { data: new Class({ medicalRecords: write }) });
    checkSealed(sent.data.medicalRecords.create);
  }
  const where = new Dto({ id: ID });
  const { sent } = await run("MedicalRecord", "update", { where, data: new Dto({ notes: "x" }) });
  assert.equal(opened("notes", sent.data.notes), "x");
  const all = await run("MedicalRecord", "deleteMany", new Dto({ where: { id: ID } }), { count: 1 });
  assert.deepEqual(all.sent, { where: { id: ID } });
});

test("leaves JSON and other values as they are", async () => {
  const { run } = fieldsOver();
  class DbNull {}
  const data = { at: new Date(0), none: new DbNull(), tags: ["a"], bytes: Buffer.from("x"),
    json: { create: new Date(0), update: ["a", { b: 1 }], upsert: null } };
  const { sent } = await run("Patient", "create", { data });
  assert.deepEqual(sent, { data });
  for (const name of ["at", "none", "bytes"]) assert.equal(sent.data[name], data[name]);
  assert.equal(sent.data.json.create, data.json.create);
});

// --- the client

const described = (models) => ({
  medicalRecord: {},
  _runtimeDataModel: { models },
});
const field = (name, type) => ({ name, type, kind: type === "String" ? "scalar" : "object" });
const RECORD = { fields: [...["id", "chiefComplaint", "diagnosis", "treatment", "notes"]
  .map((name) => field(name, "String")), field("patient", "Patient")] };
const PATIENT = { fields: [field("id", "String"), field("medicalRecords", "MedicalRecord")] };

test("checks the list with the client's own models", () => {
  const { fields } = fieldsOver();
  fields.extension(described({ MedicalRecord: RECORD, Patient: PATIENT,
    Tag: { fields: [field("medicalRecord", "String")] } }));
  const refuses = (client, pattern) => assert.throws(() => fields.extension(client), pattern);
  refuses({}, /the client has no medicalRecord/);
  const other = { fields: [field("records", "MedicalRecord")] };
  refuses(described({ MedicalRecord: RECORD, Patient: other }), /Patient.records holds MedicalRecord/);
  const taken = { fields: [field("medicalRecord", "Folder")] };
  refuses(described({ MedicalRecord: RECORD, Tag: taken }), /Tag.medicalRecord holds Folder/);
  const partial = { fields: RECORD.fields.filter(({ name }) => name !== "notes") };
  refuses(described({ MedicalRecord: partial, Patient: PATIENT }), /MedicalRecord has no notes/);
});

test("takes another list", async () => {
  const models = [{ model: "Client", table: "clients", columns: ["phone"], relations: ["client"] }];
  assert.throws(() => fieldsOver({ models }), /the client has no client/);
  const { run } = fieldsOver({ models, more: { client: {} } });
  const data = { client: { create: { id: "c", phone: "+41" } }, medicalRecords: { create: DATA } };
  const { got, sent } = await run("Patient", "create", { data }, ({ data: { client } }) => ({
    ...{ id: "p", client: client.create },
  }));
  assert.deepEqual(sent.data.medicalRecords, data.medicalRecords);
  const column = { table: "clients", column: "phone" };
  assert.equal(openV2(keyOf(0x33), 3, column, "c", sent.data.client.create.phone), "+41");
  assert.equal(got.client.phone, "+41");
});
