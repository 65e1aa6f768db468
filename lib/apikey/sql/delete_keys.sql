-- $1 lookup ids. Their digests stay behind, for good. A row that holds anything but its placeholder
-- is not pcx's to delete.
WITH gone AS (
    DELETE FROM pcx.apikey WHERE id = ANY ($1::text[])
    RETURNING id, row_id, hash, pepper
), kept AS (
    INSERT INTO pcx.apikey_gone (id, hash, pepper)
    SELECT id, hash, pepper FROM gone
        ON CONFLICT (hash) DO NOTHING
)
DELETE FROM public.api_keys AS a
 USING gone
 WHERE a.id = gone.row_id AND a.key = 'pcx:' || gone.id;
