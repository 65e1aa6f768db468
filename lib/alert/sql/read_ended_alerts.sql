-- $1 environment, $2 ids of alerts, $3 when each was evaluated. Those that ended later, and when.
SELECT given.alert_id,
       to_char(max(e.at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS ended_at
  FROM unnest($2::text[], $3::text[]) AS given (alert_id, evaluated_at)
  JOIN pcx.alert_event AS e
    ON e.environment = $1 AND e.alert_id = given.alert_id AND e.at > given.evaluated_at::timestamptz
   AND e.kind IN ('resolved', 'gave_up_pending')
 GROUP BY given.alert_id;
