-- $1 rotation.
SELECT paused_at IS NOT NULL AS paused FROM pcx.rotation WHERE id = $1;
