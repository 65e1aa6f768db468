SELECT id, provider, location, encode(wrapped, 'hex') AS wrapped,
       encode(key_check, 'hex') AS key_check, encode(tag, 'hex') AS tag,
       to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at
  FROM pcx.kek
 ORDER BY id;
