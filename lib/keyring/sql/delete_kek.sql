DELETE FROM pcx.kek WHERE id = $1;
