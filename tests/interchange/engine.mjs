// Prisma's schema engine behind a line of JSON: one command on each line of stdin, one answer on each
// line of stdout, in order. The engine is what `prisma migrate` itself runs, as WebAssembly, with the
// driver adapter for PostgreSQL; only the command line around it is left out.
//
// usage: node engine.mjs FOLDER 6|7
//
//   FOLDER   where the packages of package-lock.json are installed (scripts/setup --tests)
//
// A command:  {"do": "up", "url": "postgresql://...", "folder": "prisma/migrations"}
//             do: up (`prisma migrate deploy`), status, and with "name": new, resolve --applied,
//             resolve --rolled-back
// An answer:  {"applied": ["1_a"]}                  of up
//             {"table": true, "pending": [], "failed": [], "edited": [], "missing": []}  of status
//             {}                                    of new and resolve
//             {"code": "P3009", "message": "..."}   when the engine refuses; code is null where it
//                                                   gives none
import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [folder, major] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(folder), "package.json"));
const pg = require("pg");
const { PrismaPg } = require("@prisma/adapter-pg");
const { bindMigrationAwareSqlAdapterFactory } = require("@prisma/driver-adapter-utils");

const noFilter = { externalTables: [], externalEnums: [] };

async function loadEngine() {
  const program = require.resolve(`schema-engine-${major}/schema_engine_bg`);
  const glue = await import(pathToFileURL(program));
  const bytes = await readFile(program.replace(/\.js$/, ".wasm"));
  const { instance } = await WebAssembly.instantiate(bytes, { "./schema_engine_bg.js": glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue.SchemaEngine;
}

// Reads a folder as Prisma's command line does: folders only, in the order of localeCompare.
async function readMigrations(baseDir) {
  const read = (...names) => readFile(path.join(baseDir, ...names), "utf-8");
  const entries = await readdir(baseDir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  names.sort((a, b) => a.localeCompare(b));
  const file = "migration.sql";
  const content = (name) =>
    read(name, file).then(
      (value) => ({ tag: "ok", value }),
      (error) => ({ tag: "error", value: error.message }),
    );
  return {
    baseDir,
    lockfile: {
      path: "migration_lock.toml",
      content: await read("migration_lock.toml").catch(() => null),
    },
    shadowDbInitScript: "",
    migrationDirectories: await Promise.all(
      names.map(async (name) => ({
        path: name,
        migrationFile: { path: file, content: await content(name) },
      })),
    ),
  };
}

function schemaOf(url) {
  return new URL(url).searchParams.get("schema") ?? undefined;
}

// One connection, as a run of `prisma migrate` has, in the schema of its URL: Prisma's native engine
// sets the search_path by itself, an adapter's user has to.
function poolFor(url) {
  const schema = schemaOf(url);
  const pool = new pg.Pool({
    connectionString: url,
    application_name: `prisma ${major}`,
    options: schema === undefined ? undefined : `-c search_path="${schema}"`,
    max: 1,
    idleTimeoutMillis: 0,
  });
  pool.on("connect", (client) => (pool.session = client));
  return pool;
}

// The process of a command line would end here, and with it the connection, whatever it waits for.
async function hangUp(pool) {
  const isBusy = pool.idleCount < pool.totalCount;
  if (isBusy) pool.session.connection.stream.destroy();
  await pool.end();
}

const commands = {
  async up(engine, { folder }) {
    const migrationsList = await readMigrations(folder);
    const done = await engine.applyMigrations({ migrationsList, filters: noFilter });
    return { applied: done.appliedMigrationNames };
  },
  async status(engine, { folder }) {
    const found = await engine.diagnoseMigrationHistory({
      migrationsList: await readMigrations(folder),
      optInToShadowDatabase: false,
      filters: noFilter,
    });
    return {
      table: found.hasMigrationsTable,
      pending: found.history?.unappliedMigrationNames ?? [],
      failed: found.failedMigrationNames,
      edited: found.editedMigrationNames,
      missing: found.history?.unpersistedMigrationNames ?? [],
    };
  },
  async new(engine, { folder, name }) {
    await engine.createMigration({
      draft: true,
      migrationName: name,
      migrationsList: await readMigrations(folder),
      schema: { files: [] },
      filters: noFilter,
    });
    return {};
  },
  async "resolve --applied"(engine, { folder, name }) {
    const migrationsList = await readMigrations(folder);
    await engine.markMigrationApplied({ migrationName: name, migrationsList });
    return {};
  },
  async "resolve --rolled-back"(engine, { name }) {
    await engine.markMigrationRolledBack({ migrationName: name });
    return {};
  },
};

async function answer(SchemaEngine, command) {
  const pool = poolFor(command.url);
  const adapter = new PrismaPg(pool, { schema: schemaOf(command.url) });
  const factory = bindMigrationAwareSqlAdapterFactory(adapter);
  const engine = await SchemaEngine.new({ datamodels: undefined }, () => {}, factory);
  try {
    return await commands[command.do](engine, command);
  } catch (error) {
    return { code: error.code ?? null, message: error.message };
  } finally {
    engine.free();
    await hangUp(pool);
  }
}

const SchemaEngine = await loadEngine();
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(SchemaEngine, JSON.parse(line))));
}
process.exit(0); // else the engine's timer for the lock keeps Node.js for ten seconds
