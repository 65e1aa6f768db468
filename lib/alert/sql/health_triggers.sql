-- ALTER TABLE ... DISABLE TRIGGER, those of foreign keys included, and ALTER EVENT TRIGGER ... DISABLE.
SELECT (SELECT count(*) FROM pg_trigger AS t WHERE t.tgenabled = 'D')::float8 AS disabled_triggers,
       (SELECT count(*) FROM pg_event_trigger AS e WHERE e.evtenabled = 'D')::float8
           AS disabled_event_triggers;
