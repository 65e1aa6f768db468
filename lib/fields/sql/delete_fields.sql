DELETE FROM pcx.field;
