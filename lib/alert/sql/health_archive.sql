-- How many files wait, not since when: an idle server archives nothing for hours, and is well.
SELECT (SELECT count(*) FROM pg_ls_archive_statusdir() AS f WHERE f.name LIKE '%.ready')::float8
           AS archive_ready_files,
       coalesce(a.last_failed_time > coalesce(a.last_archived_time, '-infinity'), false)::int::float8
           AS archiver_failing
  FROM pg_stat_archiver AS a;
