-- For suggestions, unverified.
SELECT id, CASE provider WHEN 'recovery' THEN provider ELSE provider || ':' || location END AS place
  FROM pcx.kek
 ORDER BY id DESC LIMIT 200;
