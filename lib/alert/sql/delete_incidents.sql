-- $1 environment, $2 receivers, $3 their dedup keys.
DELETE FROM pcx.alert_incident AS i
 USING unnest($2::text[], $3::text[]) AS gone (receiver, dedup_key)
 WHERE i.environment = $1 AND i.receiver = gone.receiver AND i.dedup_key = gone.dedup_key;
