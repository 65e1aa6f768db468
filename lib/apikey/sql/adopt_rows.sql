-- $1 ids in api_keys, of rows that this transaction has locked; $2 lookup ids, $3 digests in
-- hexadecimal digits, $4 their pepper, $5 by whom. A row that has a lookup id keeps it: the
-- application wrote another key over its placeholder. Nothing happens unless the pepper is the active
-- one (see count_digests_under() for why it has to be).
WITH wanted AS (
    SELECT w.row_id, w.id, decode(w.digest, 'hex') AS hash
      FROM unnest($1::text[], $2::text[], $3::text[]) AS w (row_id, id, digest)
     WHERE EXISTS (SELECT FROM pcx.data_key AS d WHERE d.id = $4::integer AND d.state = 'active')
), ours AS (
    INSERT INTO pcx.apikey AS k (id, row_id, kind, hash, pepper, created_by)
    SELECT wanted.id, wanted.row_id, 'adopted', wanted.hash, $4::integer, $5::text
      FROM wanted
        ON CONFLICT (row_id) DO UPDATE
       SET kind = excluded.kind, hash = excluded.hash, pepper = excluded.pepper
     WHERE k.id = excluded.id AND k.revoked_at IS NULL AND k.replaced_by IS NULL
    RETURNING k.id, k.row_id
)
UPDATE public.api_keys AS a
   SET key = 'pcx:' || ours.id, "updatedAt" = clock_timestamp() AT TIME ZONE 'UTC'
  FROM ours
 WHERE a.id = ours.row_id
RETURNING a.id;
