SELECT schema_name, table_name, column_name, member, kind, count(*) AS n
  FROM pcx.quarantine
 GROUP BY 1, 2, 3, 4, 5
 ORDER BY 1, 2, 3, 4, 5;
