-- Arrays: data key, KEK.
DELETE FROM pcx.data_key_wrap AS wrap
 USING unnest($1::text[], $2::text[]) AS given (key_id, kek_id)
 WHERE wrap.key_id = given.key_id::integer AND wrap.kek_id = given.kek_id::integer;
