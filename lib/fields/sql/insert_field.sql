-- $1 to $4 its place, $5 and $6 its name, $7 bind, $8 to $10 of a copy.
INSERT INTO pcx.field (schema_name, table_name, column_name, member, logical_table,
                       logical_column, bind, row_column, match_column, match_value)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);
