-- Tables of a schema that no migration made; PostGIS's own do not count, nor does what belongs to an
-- extension, nor, as with Prisma, what is no table. $1 schema, $2 how many at most.
SELECT c.relname AS name
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = $1
   AND c.relkind IN ('r', 'p')
   AND c.relname <> '_prisma_migrations'
   AND c.relname NOT IN ('spatial_ref_sys', 'geography_columns', 'geometry_columns',
                         'raster_columns', 'raster_overviews')
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                      AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY 1
 LIMIT $2;
