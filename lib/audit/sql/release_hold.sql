-- $1 number, $2 by whom. No row: there is none, or it is released.
UPDATE pcx.legal_hold
   SET released_at = pg_catalog.clock_timestamp(), released_by = $2
 WHERE id = $1 AND released_at IS NULL
RETURNING id;
