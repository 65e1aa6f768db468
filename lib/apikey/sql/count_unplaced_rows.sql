-- Rows of api_keys that hold no placeholder: what a fence would refuse.
SELECT count(*) AS n
  FROM public.api_keys AS a
 WHERE NOT a.key ^@ 'pcx:';
