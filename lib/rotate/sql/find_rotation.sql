-- The rotation that is not finished yet.
SELECT id, target_key, mode, plaintext, paused_at IS NOT NULL AS is_paused,
       pg_catalog.to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS started_at
  FROM pcx.rotation
 WHERE finished_at IS NULL;
