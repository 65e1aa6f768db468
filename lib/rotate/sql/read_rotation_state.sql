-- $1 rotation.
SELECT paused_at IS NOT NULL AS paused, coalesce(outcome = 'superseded', false) AS superseded,
       coalesce(outcome = 'findings', false) AS has_findings
  FROM pcx.rotation
 WHERE id = $1;
