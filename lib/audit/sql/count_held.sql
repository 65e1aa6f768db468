-- $1 number of a hold, $2 how many to count at most: captured changes that it is on.
SELECT count(*) AS changes
  FROM (SELECT FROM pcx.legal_hold AS h
          JOIN pcx.change AS c
            ON (h.tenant IS NULL OR c.tenant = h.tenant)
           AND (h.relation IS NULL OR c.relation = h.relation)
           AND (h.row_key IS NULL OR c.row_key = h.row_key)
           AND (h.actor IS NULL OR c.actor = h.actor)
           AND (h.since IS NULL OR c.at >= h.since)
           AND (h.until IS NULL OR c.at < h.until)
         WHERE h.id = $1
         LIMIT $2) AS held
