-- WAL files that wait for their archiving. Needs a right (pg_monitor).
SELECT count(*)::int AS files
  FROM pg_catalog.pg_ls_archive_statusdir() AS f
 WHERE f.name LIKE '%.ready';
