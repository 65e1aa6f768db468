-- $1 lookup id, $2 its digest and $3 its pepper as they were read, $4 and $5 the new ones.
UPDATE pcx.apikey
   SET hash = $4::bytea, pepper = $5
 WHERE id = $1 AND hash = $2::bytea AND pepper = $3
   AND EXISTS (SELECT FROM pcx.data_key AS d
                WHERE d.id = $5 AND d.purpose = 'pepper' AND d.state = 'active')
RETURNING id;
