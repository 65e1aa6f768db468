-- $1 data key, $2 values to be sealed, $3 how many one key may seal. No row: they would be too many.
UPDATE pcx.data_key SET seal_count = seal_count + $2::bigint
 WHERE id = $1 AND seal_count + $2::bigint <= $3::bigint
RETURNING seal_count;
