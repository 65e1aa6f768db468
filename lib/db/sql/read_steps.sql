-- All of these few: a new session plans an aggregate for as long as it reads them.
SELECT number FROM pcx.schema_step;
