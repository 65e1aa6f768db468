-- Quarantined values that a key may open. $1 the key, $2 whether values of its format name no key.
-- What is inside of a value that was sealed twice, or of a text, nothing tells.
SELECT q.schema_name, q.table_name, q.column_name, q.member, q.kind, count(*) AS n
  FROM pcx.quarantine q
 WHERE q.named_key = $1 OR q.kind = 'double_encrypted'
    OR ($2::bool AND q.named_key IS NULL AND q.kind <> 'plaintext')
 GROUP BY 1, 2, 3, 4, 5
 ORDER BY 1, 2, 3, 4, 5;
