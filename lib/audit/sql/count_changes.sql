-- $1 and $2 where a month begins and ends: rows of captured changes, and of their leaves in the ledger.
SELECT (SELECT count(*) FROM pcx.change AS c
         WHERE c.at >= $1::timestamptz AND c.at < $2::timestamptz) AS changes,
       (SELECT count(*) FROM pcx.ledger AS l
         WHERE l.at >= $1::timestamptz AND l.at < $2::timestamptz AND l.src = 'C') AS leaves;
