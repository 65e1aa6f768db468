-- $1 id of a data key.
SELECT d.id FROM pcx.data_key AS d WHERE d.id = $1::integer AND d.state = 'active';
