-- Arrays of the columns, '' for NULL in $7 to $11.
INSERT INTO pcx.data_key (id, purpose, format, state, compromised, created_at, activated_at,
                          retired_at, destroyed_at, key_check, tag)
SELECT id::integer, purpose, format, state, compromised::boolean, created_at::timestamptz,
       nullif(activated_at, '')::timestamptz, nullif(retired_at, '')::timestamptz,
       nullif(destroyed_at, '')::timestamptz, decode(nullif(key_check, ''), 'hex'),
       decode(tag, 'hex')
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
              $8::text[], $9::text[], $10::text[], $11::text[])
       AS given (id, purpose, format, state, compromised, created_at, activated_at, retired_at,
               destroyed_at, key_check, tag);
