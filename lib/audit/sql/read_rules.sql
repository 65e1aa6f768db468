-- What pcx.audit_table says.
SELECT left(relation, strpos(relation, '.') - 1)   AS schema_name,
       substr(relation, strpos(relation, '.') + 1) AS table_name,
       on_error, key_columns, dropped, hashed, ignored
  FROM pcx.audit_table
 ORDER BY relation
