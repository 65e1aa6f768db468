-- Changes that were let pass without a row in the trail, by table: since the day $1, and why last.
SELECT relation, sum(changes)::bigint AS changes,
       (extract(epoch FROM max(last_at)) * 1000000)::bigint AS last_us,
       (array_agg(sqlstate ORDER BY last_at DESC))[1] AS sqlstate
  FROM pcx.audit_lost
 WHERE day >= $1::date
 GROUP BY relation
