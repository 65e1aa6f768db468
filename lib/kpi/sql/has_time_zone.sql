-- Whether $1 is a time zone's name, in letters of either case. AT TIME ZONE looks first among
-- abbreviations: a name that is one of another offset, or stands for winter time where the zone has
-- a summer, would not mean the zone. The view reads all files of tzdata: tens of milliseconds.
SELECT EXISTS (SELECT FROM pg_catalog.pg_timezone_names AS z
                WHERE lower(z.name) = lower($1::text)
                  AND upper(z.name) NOT IN ('CET', 'EET', 'MET', 'WET')
                  AND NOT EXISTS (SELECT FROM pg_catalog.pg_timezone_abbrevs AS a
                                   WHERE a.abbrev = upper(z.name)
                                     AND a.utc_offset <> z.utc_offset)) AS known
