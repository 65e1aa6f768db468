-- $1 environment, $2 ids of lines, $3 receivers, $4 the dedup keys of their incidents. Those of the
-- lines that have ended, and the last resolve of each incident.
SELECT 'alert_outbox' AS name, id AS key, body::text AS body
  FROM pcx.alert_outbox
 WHERE environment = $1 AND delivery <> 'queued' AND id = ANY ($2::text[])
 UNION
SELECT 'alert_outbox', last.id, last.body::text
  FROM unnest($3::text[], $4::text[]) AS open (receiver, dedup_key)
 CROSS JOIN LATERAL (
           SELECT o.id, o.body
             FROM pcx.alert_outbox AS o
            WHERE o.environment = $1 AND o.receiver = open.receiver
              AND o.dedup_key = open.dedup_key AND o.action = 'resolve'
            ORDER BY o.sequence DESC
            LIMIT 1) AS last;
