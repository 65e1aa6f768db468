SELECT coalesce(max(number), 0)::int AS number FROM pcx.schema_step;
