-- $1 and $2 where a month begins and ends: captured changes, those of them whose row in the ledger is
-- not theirs (or the other way round), and rows of the ledger that no checkpoint has.
SELECT (SELECT count(*) FROM pcx.ledger AS l
         WHERE l.at >= $1::timestamptz AND l.at < $2::timestamptz AND l.src = 'C') AS changes,
       (SELECT count(*)
          FROM (SELECT l.segment, l.xid, l.seq, l.at, l.leaf FROM pcx.ledger AS l
                 WHERE l.at >= $1::timestamptz AND l.at < $2::timestamptz AND l.src = 'C') AS l
          FULL JOIN (SELECT c.* FROM pcx.change AS c
                      WHERE c.at >= $1::timestamptz AND c.at < $2::timestamptz) AS c
            ON c.segment = l.segment AND c.xid = l.xid AND c.seq = l.seq AND c.at = l.at
         WHERE l.leaf IS DISTINCT FROM pg_catalog.sha256('\x007063783143'::bytea
                 || pg_catalog.record_send(ROW(c.seq, c.xid, c.at, c.relation, c.op, c.row_key, c.tenant,
                        c.actor, c.correlation, c.address, c.db_user, c.application, c.before,
                        c.after)))) AS unfit,
       (SELECT count(*) FROM pcx.ledger AS l
          LEFT JOIN LATERAL (
               SELECT k.last_segment, k.last_xid, k.last_seq FROM pcx.checkpoint AS k
                WHERE k.epoch = l.segment / 2
                ORDER BY k.size DESC, k.sealed_at DESC LIMIT 1) AS k ON true
         WHERE l.at >= $1::timestamptz AND l.at < $2::timestamptz
           AND (k.last_segment IS NULL
                OR (l.segment, l.xid, l.seq) > (k.last_segment, k.last_xid, k.last_seq))) AS unsealed;
