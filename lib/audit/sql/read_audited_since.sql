-- Since when each table is audited, by the notes of install, which outlive an uninstall. Microseconds since 2000.
SELECT details ->> 'relation' AS relation,
       (extract(epoch FROM min(at) - '2000-01-01 00:00:00+00'::timestamptz) * 1000000)::bigint AS since
  FROM pcx.audit_meta
 WHERE kind = 'install' AND details ->> 'relation' IS NOT NULL
 GROUP BY 1
