-- Whether the last rotation that came to its end left every field behind a fence. One that another
-- key ended changed no fence that stood before.
SELECT coalesce((SELECT outcome = 'complete' AND mode = 'online'
                   FROM pcx.rotation
                  WHERE outcome <> 'superseded'
                  ORDER BY finished_at DESC
                  LIMIT 1), false) AS found;
