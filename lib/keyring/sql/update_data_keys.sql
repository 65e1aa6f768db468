-- What may change of a key. Arrays of the columns, '' for NULL in $4 to $6.
UPDATE pcx.data_key AS key
   SET state = given.state, compromised = given.compromised::boolean,
       activated_at = nullif(given.activated_at, '')::timestamptz,
       retired_at = nullif(given.retired_at, '')::timestamptz,
       destroyed_at = nullif(given.destroyed_at, '')::timestamptz, tag = decode(given.tag, 'hex')
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
       AS given (id, state, compromised, activated_at, retired_at, destroyed_at, tag)
 WHERE key.id = given.id::integer;
