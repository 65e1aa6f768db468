SELECT count(*) AS n
  FROM public.api_keys AS a
 WHERE NOT a.key ^@ 'pcx:' AND NOT a.key ^@ 'sha256:';
