-- $1 id of a pepper.
SELECT count(*) AS n FROM pcx.apikey AS k WHERE k.pepper = $1::integer;
