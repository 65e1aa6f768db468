// The middleware in an application: compiled with the types of Express and pg, as strictly as it gets.
import express, { type NextFunction, type Request, type Response } from "express";
import pg from "pg";

import { ApiKeyRefusal, ApiKeys, type ApiKey, type Verdict } from "./api-keys.js";

const pool = new pg.Pool();
export const keys = new ApiKeys({
  query: async (sql, params) => (await pool.query(sql, params)).rows,
  onError: async (error) => console.error(error.message),
  plain: false,
  onRefusal: "next",
  address: (req) => req.ip,
  metrics: { address: true },
});

export const app = express();
const patients = express.Router();
patients.get("/:id", keys.require("patients:read"), (req: Request, res: Response) => {
  const key: ApiKey | undefined = req.apiKey;
  res.json({ userId: key?.userId ?? null, scopes: key?.scopes });
});
app.use("/api/v1/patients", keys.require(), patients);
app.use((error: unknown, _req: Request, res: Response, next: NextFunction) => {
  if (!(error instanceof ApiKeyRefusal)) return next(error);
  res.status(error.statusCode).json({ message: error.message, code: error.code });
});

export async function start(): Promise<Verdict> {
  const client = new pg.Client();
  await client.connect();
  await keys.listen(client);
  return keys.verify("pcx_live_", { address: "10.0.0.1", scopes: ["patients:read"] });
}
