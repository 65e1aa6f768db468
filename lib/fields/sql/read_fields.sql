SELECT schema_name, table_name, column_name, member, logical_table, logical_column, bind,
       row_column, match_column, match_value
  FROM pcx.field
 ORDER BY row_column IS NOT NULL, schema_name, table_name, column_name, member;
