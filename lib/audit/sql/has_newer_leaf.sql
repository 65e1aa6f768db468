-- $1 id of a row of the application, $2 to $4 place of a leaf of it.
SELECT EXISTS (SELECT FROM pcx.ledger
                WHERE row_id = $1 AND (segment, xid, seq) > ($2, $3::xid8, $4)) AS is_newer
