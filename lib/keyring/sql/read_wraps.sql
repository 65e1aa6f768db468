SELECT key_id, kek_id, encode(wrapped, 'hex') AS wrapped FROM pcx.data_key_wrap
 ORDER BY key_id, kek_id;
