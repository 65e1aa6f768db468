-- $1 epoch; of each tile $2 level, $3 number, $4 hashes in hexadecimal digits.
INSERT INTO pcx.tile (epoch, level, number, hashes)
SELECT $1, t.level, t.number, decode(t.hashes, 'hex')
  FROM unnest($2::text[]::smallint[], $3::text[]::bigint[], $4::text[]) AS t (level, number, hashes)
    ON CONFLICT (epoch, level, number) DO UPDATE SET hashes = excluded.hashes
