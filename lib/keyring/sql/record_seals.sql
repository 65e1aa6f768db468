-- $1 data key, $2 values that were sealed with it.
UPDATE pcx.data_key SET seal_count = seal_count + $2::bigint WHERE id = $1;
