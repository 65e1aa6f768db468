-- For the session. What functions of triggers name without a schema is found where the application
-- has it, in its table's schema or in public; pcx's own statements name every schema. $1 the schema.
SELECT pg_catalog.set_config('search_path',
                             pg_catalog.concat_ws(', ', 'pg_catalog', pg_catalog.quote_ident($1),
                                                  'public'), false);
