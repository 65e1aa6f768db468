-- $1 rotation.
SELECT paused_at IS NOT NULL AS paused, coalesce(outcome = 'superseded', false) AS superseded
  FROM pcx.rotation
 WHERE id = $1;
