-- Of one heap, by place. $1 schema, $2 table.
SELECT column_name, member, count(*) AS n
  FROM pcx.quarantine
 WHERE schema_name = $1 AND table_name = $2
 GROUP BY 1, 2;
