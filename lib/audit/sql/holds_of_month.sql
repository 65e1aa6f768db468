-- $1 and $2 where a month begins and ends: the holds that one of its changes falls under.
SELECT h.id
  FROM pcx.legal_hold AS h
 WHERE h.released_at IS NULL
   AND (h.since IS NULL OR h.since < $2::timestamptz)
   AND (h.until IS NULL OR h.until > $1::timestamptz)
   AND EXISTS (SELECT FROM pcx.change AS c
                WHERE c.at >= $1::timestamptz AND c.at < $2::timestamptz
                  AND (h.tenant IS NULL OR c.tenant = h.tenant)
                  AND (h.relation IS NULL OR c.relation = h.relation)
                  AND (h.row_key IS NULL OR c.row_key = h.row_key)
                  AND (h.actor IS NULL OR c.actor = h.actor)
                  AND (h.since IS NULL OR c.at >= h.since)
                  AND (h.until IS NULL OR c.at < h.until))
 ORDER BY h.id;
