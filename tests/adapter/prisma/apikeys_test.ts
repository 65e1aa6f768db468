// The middleware's questions through Prisma's own client: parameters and rows of every kind, and the
// errors it gives.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";

import { PrismaPg } from "@prisma/adapter-pg";

import { ApiKeys } from "./api-keys.js";
import { PrismaClient } from "./client/index.js";

const url = process.env["DATABASE_URL"] ?? "";
const clientOf = (connectionString: string) => {
  const client = new PrismaClient({ adapter: new PrismaPg({ connectionString }) });
  after(() => client.$disconnect());
  return client;
};
const prisma = clientOf(url);
const text = readFileSync(process.env["PCX_APIKEY_FILE"] ?? "", "utf8").trim();

function keysOver(client: PrismaClient, errors: string[]): ApiKeys {
  return new ApiKeys({
    query: (sql, params) => client.$queryRawUnsafe(sql, ...params),
    keyfile: process.env["PCX_PEPPERS"] ?? "",
    onError: ({ message }) => errors.push(message),
    metrics: true,
  });
}

// One request for it, without Express.
function statusOf(keys: ApiKeys, key: string): Promise<number> {
  return new Promise((resolve) => {
    const answered = new Promise<() => void>((done) => {
      const response = {
        statusCode: 200,
        headersSent: false,
        getHeader: () => undefined,
        setHeader: () => undefined,
        once: (_event: "finish", listener: () => void) => done(listener),
        end: () => resolve(response.statusCode),
      };
      const request = { headers: { "x-api-key": key }, ip: "10.1.2.3", method: "GET", baseUrl: "/v1" };
      keys.require("patients:read")(request, response, () => {
        void answered.then((finish) => {
          finish();
          resolve(response.statusCode);
        });
      });
    });
  });
}

test("asks and tells through Prisma", async () => {
  const errors: string[] = [];
  const keys = keysOver(prisma, errors);
  const { code, key } = await keys.verify(text, { address: "10.1.2.3", scopes: ["patients:read"] });
  assert.equal(code, "VALID");
  assert.deepEqual([key?.userId, key?.rateLimit, key?.scopes], ["42", 600, ["patients:*"]]);
  assert.equal((await keys.verify(text, { address: "11.1.2.3" })).code, "IP_DENIED");
  const [plain] = await prisma.$queryRawUnsafe<{ key: string }[]>(
    "SELECT key FROM api_keys WHERE status = 'active' AND NOT key ^@ 'pcx:' LIMIT 1",
  );
  assert.equal((await keys.verify(plain?.key ?? "")).key?.keyId, null);
  assert.equal((await keys.verify("pc_live_unknown")).code, "NOT_FOUND");
  assert.equal(await statusOf(keys, text), 200);
  await keys.flush();
  assert.deepEqual(errors, []);
  const told = await prisma.$queryRawUnsafe(
    `SELECT u.calls::int, a."lastUsedAt" IS NOT NULL AS used, m.endpoint, m."statusCode" AS status
       FROM pcx.apikey AS k JOIN pcx.apikey_usage AS u ON u.key_id = k.id
       JOIN api_keys AS a ON a.id = k.row_id JOIN api_usage_metrics AS m ON m."apiKeyId" = a.id`,
  );
  assert.deepEqual(told, [{ calls: 1, used: true, endpoint: "/v1", status: 200 }]);
});

test("names the right that the role lacks, in Prisma's words", async () => {
  await prisma.$executeRawUnsafe("CREATE ROLE app LOGIN");
  const errors: string[] = [];
  const asked = new URL(url);
  asked.username = "app";
  const keys = keysOver(clientOf(asked.href), errors);
  await assert.rejects(keys.verify(text), /asked: Raw query failed. Code: `42501`. Message: `permission denied for schema pcx`; the role needs USAGE/);
  assert.ok(!JSON.stringify(errors).includes(text));
});
