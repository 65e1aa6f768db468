-- $1 whether released ones, too.
SELECT id, reason, tenant, relation, row_key, actor, placed_by, released_by,
       pg_catalog.to_char(since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS since,
       pg_catalog.to_char(until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS until,
       pg_catalog.to_char(placed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS placed_at,
       pg_catalog.to_char(released_at AT TIME ZONE 'UTC',
                          'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS released_at
  FROM pcx.legal_hold
 WHERE $1::boolean OR released_at IS NULL
 ORDER BY id;
