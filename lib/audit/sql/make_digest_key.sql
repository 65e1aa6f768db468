-- The key of keyed digests, once: 32 bytes made by the server, so that it is sent by nobody. A
-- version 4 UUID has 122 bits from the system's generator.
WITH made AS (
    SELECT sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
                  || uuid_send(gen_random_uuid())) AS key
), padded AS (
    SELECT n, CASE WHEN n < 32 THEN get_byte(key, n) ELSE 0 END AS byte
      FROM made CROSS JOIN generate_series(0, 63) AS n
)
INSERT INTO pcx.audit_digest_key (inner_pad, outer_pad)
SELECT string_agg(set_byte('\x00', 0, byte # 54), ''::bytea ORDER BY n),
       string_agg(set_byte('\x00', 0, byte # 92), ''::bytea ORDER BY n)
  FROM padded
    ON CONFLICT DO NOTHING
