-- Arrays: data key, KEK, wrap in hexadecimal.
INSERT INTO pcx.data_key_wrap (key_id, kek_id, wrapped)
SELECT key_id::integer, kek_id::integer, decode(wrapped, 'hex')
  FROM unnest($1::text[], $2::text[], $3::text[]) AS given (key_id, kek_id, wrapped);
