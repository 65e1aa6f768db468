INSERT INTO pcx.checkpoint (epoch, size, sealed_at, first_size, last_segment, last_xid, last_seq, max_seq,
                            note)
VALUES ($1, $2, $3::timestamptz, $4, $5, $6::xid8, $7, $8, $9)
