// The module as an extension of Prisma's own client, on the application's schema in a sandbox: types
// that fit, and every way to read and write that extension.test.mjs has with a stand-in.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { PrismaPg } from "@prisma/adapter-pg";

import { PrismaClient } from "./client/index.js";
import { SealedFieldError, SealedFields } from "./sealed-fields.js";

const plaintext: string[] = [];
const base = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env["DATABASE_URL"] ?? "" }),
});
const fields = new SealedFields({ onPlaintext: ({ column }) => plaintext.push(column) });
const db = base.$extends(fields.extension(base));

const COLUMNS = ["chiefComplaint", "diagnosis", "treatment", "notes"] as const;
let [patientId, veterinarianId, microchipId] = ["", "", "chip of the test"];

before(async () => {
  await base.$executeRaw`ALTER TABLE medical_records ADD COLUMN number text UNIQUE`;
  veterinarianId = (await base.staff.findFirstOrThrow()).id;
  patientId = (await base.patient.findFirstOrThrow()).id;
  await base.patient.update({ where: { id: patientId }, data: { microchipId } });
  await base.medicalRecord.deleteMany({ where: { patientId } });
});
after(() => base.$disconnect());

const texts = (diagnosis: string) => ({
  ...{ visitDate: new Date(0), chiefComplaint: "limps", diagnosis, treatment: "", notes: null },
});
const dataOf = (diagnosis: string, number?: string) => ({
  ...{ ...texts(diagnosis), patientId, veterinarianId },
  ...(number === undefined ? {} : { number }),
});
const stored = (id: string) => base.medicalRecord.findUniqueOrThrow({ where: { id } });
const shown = (id: string) => db.medicalRecord.findUniqueOrThrow({ where: { id } });

async function checkSealed(id: string, diagnosis: string): Promise<void> {
  const record = await stored(id);
  assert.match(record.diagnosis, /^enc:v2:3:/);
  assert.match(record.chiefComplaint, /^enc:v2:3:/);
  assert.deepEqual([record.treatment, record.notes], ["", null]);
  assert.equal((await shown(id)).diagnosis, diagnosis);
}

test("reads what the sandbox sealed as the application does", async () => {
  const sealed = await base.medicalRecord.findMany({ where: { diagnosis: { startsWith: "enc:" } } });
  assert.ok(sealed.length > 500);
  const opened = await db.medicalRecord.findMany();
  for (const record of opened) {
    for (const column of COLUMNS) assert.ok(!record[column]?.startsWith("enc:"));
  }
  assert.ok(plaintext.length > 0); // the sandbox has the rows that createMany left
  assert.ok(plaintext.length < opened.length);
});

test("creates", async () => {
  const made = await db.medicalRecord.create({ data: dataOf("one") });
  assert.equal(made.diagnosis, "one");
  await checkSealed(made.id, "one");
  const data = [dataOf("many"), dataOf("many")];
  assert.equal((await db.medicalRecord.createMany({ data })).count, 2);
  const select = { diagnosis: true } as const;
  const returned = await db.medicalRecord.createManyAndReturn({ data, select });
  assert.deepEqual(returned, [{ diagnosis: "many" }, { diagnosis: "many" }]);
  for (const { id } of await base.medicalRecord.findMany({ where: { patientId } })) {
    assert.match((await stored(id)).diagnosis, /^enc:v2:3:/);
  }
});

test("selects, omits and includes at every depth", async () => {
  const { id } = await db.medicalRecord.create({ data: dataOf("deep", "deep") });
  const where = { number: "deep" };
  const select = { diagnosis: true } as const;
  const picked: { diagnosis: string } | null = await db.medicalRecord.findUnique({ where, select });
  assert.deepEqual(picked, { diagnosis: "deep" });
  const omitted = await db.medicalRecord.findUniqueOrThrow({ where, omit: { id: true } });
  assert.equal(omitted.diagnosis, "deep");
  assert.equal("id" in omitted, false);
  const medicalRecords = { where, select };
  const patient = { where: { microchipId } };
  const nested = await db.patient.findUnique({ ...patient, select: { medicalRecords } });
  assert.deepEqual(nested, { medicalRecords: [{ diagnosis: "deep" }] });
  const whole = { include: { medicalRecords: { where: { id } } } };
  const client = await db.client.findFirstOrThrow({
    where: { patients: { some: { id: patientId } } },
    include: { patients: { where: { id: patientId }, ...whole } },
  });
  assert.equal(client.patients[0]?.medicalRecords[0]?.diagnosis, "deep");
});

test("follows relations", async () => {
  const { id } = await db.medicalRecord.create({ data: dataOf("follow", "follow") });
  const where = { id };
  const patient = () => db.patient.findUnique({ where: { microchipId } });
  assert.equal((await patient().medicalRecords({ where }))?.[0]?.diagnosis, "follow");
  const picked = await patient().medicalRecords({ where, select: { diagnosis: true } });
  assert.deepEqual(picked, [{ diagnosis: "follow" }]);
  const record = db.medicalRecord.findUnique({ where: { number: "follow" } });
  assert.equal((await record.patient().medicalRecords({ where }))?.[0]?.chiefComplaint, "limps");
  assert.equal((await patient().owner())?.id.length, 36);
});

test("updates and upserts by id and by another unique", async () => {
  const { id } = await db.medicalRecord.create({ data: dataOf("old", "u1") });
  await db.medicalRecord.update({ where: { id }, data: { diagnosis: { set: "by id" } } });
  await checkSealed(id, "by id");
  const version = { increment: 1 };
  const args = { where: { number: "u1" }, data: { diagnosis: "by number", version } };
  assert.equal((await db.medicalRecord.update(args)).version, 2);
  await checkSealed(id, "by number");
  const missing = db.medicalRecord.update({ ...args, where: { number: "none" } });
  await assert.rejects(missing, { code: "P2025" });
  const upsert = (number: string) =>
    db.medicalRecord.upsert({
      ...{ where: { number }, create: dataOf("made", number), update: { diagnosis: "changed" } },
    });
  assert.equal((await upsert("u1")).id, id);
  await checkSealed(id, "changed");
  const made = await upsert("u2");
  await checkSealed(made.id, "made");
  assert.equal((await upsert("u2")).id, made.id);
  await checkSealed(made.id, "changed");
});

test("seals nested writes", async () => {
  const { patientId: _, ...data } = dataOf("nested", "n1");
  const create = { ...data, number: "n2" };
  await db.patient.update({
    where: { microchipId },
    data: { medicalRecords: { create: [data], connectOrCreate: { where: { number: "n2" }, create } } },
  });
  for (const number of ["n1", "n2"]) {
    const { id } = await base.medicalRecord.findUniqueOrThrow({ where: { number } });
    await checkSealed(id, "nested");
    const update = { where: { id }, data: { diagnosis: "renewed" } };
    await db.patient.update({ where: { microchipId }, data: { medicalRecords: { update } } });
    await checkSealed(id, "renewed");
  }
});

test("refuses what it cannot bind or compare", async () => {
  const refused = (work: PromiseLike<unknown>) => assert.rejects(async () => work, SealedFieldError);
  await refused(db.medicalRecord.updateMany({ data: { diagnosis: "x" } }));
  await refused(db.medicalRecord.updateManyAndReturn({ data: { notes: "x" } }));
  await refused(db.medicalRecord.groupBy({ by: ["diagnosis"] }));
  const data = { medicalRecords: { updateMany: { where: {}, data: { notes: "x" } } } };
  await refused(db.patient.update({ where: { microchipId }, data }));
  await db.medicalRecord.updateMany({ where: { patientId }, data: { notes: null, version: 7 } });
  const { _max, _count } = await db.medicalRecord.aggregate({
    ...{ where: { patientId }, _max: { version: true }, _count: { diagnosis: true } },
  });
  assert.deepEqual([_max.version, _count.diagnosis > 0], [7, true]);
});

test("works in transactions", async () => {
  const id = await db.$transaction(async (tx) => {
    const made = await tx.medicalRecord.create({ data: dataOf("within", "t1") });
    await tx.medicalRecord.update({ where: { id: made.id }, data: { diagnosis: "changed" } });
    // The module asks for the id outside, where the record is not seen yet.
    const update = tx.medicalRecord.update({ where: { number: "t1" }, data: { diagnosis: "x" } });
    await assert.rejects(async () => update, { code: "P2025" });
    return made.id;
  });
  await checkSealed(id, "changed");
  const [updated, found] = await db.$transaction([
    db.medicalRecord.update({ where: { number: "t1" }, data: { diagnosis: "batch" } }),
    db.medicalRecord.findMany({ where: { number: "t1" } }),
  ]);
  assert.deepEqual([updated.diagnosis, found[0]?.diagnosis], ["batch", "batch"]);
});

test("gives what was asked at once to everybody who asked", async () => {
  const one = await db.medicalRecord.create({ data: dataOf("one") });
  const two = await db.medicalRecord.create({ data: dataOf("two") });
  const records = await Promise.all([one.id, one.id, two.id].map((id) => shown(id)));
  assert.deepEqual(records.map(({ diagnosis }) => diagnosis), ["one", "one", "two"]);
  assert.equal((await db.medicalRecord.delete({ where: { id: one.id } })).diagnosis, "one");
});

test("names the record that does not open", async () => {
  const [one, two] = [await db.medicalRecord.create({ data: dataOf("one") }),
    await db.medicalRecord.create({ data: dataOf("two") })];
  const { diagnosis } = await stored(one.id);
  await base.medicalRecord.update({ where: { id: two.id }, data: { diagnosis } });
  await assert.rejects(shown(two.id), (error) => {
    assert.ok(error instanceof SealedFieldError);
    const place = { model: "MedicalRecord", column: "diagnosis", row: two.id };
    assert.deepEqual([error.fault, error.place], ["not_authentic", place]);
    return true;
  });
});
