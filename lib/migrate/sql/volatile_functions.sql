-- Of the function names $1: those that are volatile, or unknown here.
SELECT asked.name
  FROM unnest($1::text[]) AS asked(name)
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_proc p WHERE p.proname = asked.name)
    OR EXISTS (SELECT FROM pg_catalog.pg_proc p
                WHERE p.proname = asked.name AND p.provolatile = 'v');
