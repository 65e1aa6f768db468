-- Tables, views and enums of a schema that no migration made; PostGIS's own do not count, nor does
-- anything that belongs to an extension. $1 schema, $2 how many at most.
SELECT c.relname AS name
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = $1
   AND c.relkind IN ('r', 'p', 'v', 'm')
   AND c.relname <> '_prisma_migrations'
   AND c.relname NOT IN ('spatial_ref_sys', 'geography_columns', 'geometry_columns',
                         'raster_columns', 'raster_overviews')
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                      AND d.objid = c.oid AND d.deptype = 'e')
UNION ALL
SELECT t.typname
  FROM pg_catalog.pg_type t
  JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
 WHERE n.nspname = $1 AND t.typtype = 'e'
 ORDER BY 1
 LIMIT $2;
