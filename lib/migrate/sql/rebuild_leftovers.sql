-- What REINDEX CONCURRENTLY leaves when it is stopped: invalid indexes called NAME_ccnew or
-- NAME_ccold, with a number behind it when the name was taken (PostgreSQL: ChooseRelationName).
-- `table_oid`: of a TOAST table's index it is the table that the TOAST table belongs to.
SELECT i.indexrelid::bigint AS oid, coalesce(owner.oid, i.indrelid)::bigint AS table_oid
  FROM pg_catalog.pg_index AS i
  JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
  LEFT JOIN pg_catalog.pg_class AS owner ON owner.reltoastrelid = i.indrelid
 WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$'
 ORDER BY i.indexrelid;
