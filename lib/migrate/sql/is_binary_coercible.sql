-- $1, $2: canonical type names. Whether values of the first are values of the second as they are.
SELECT EXISTS (
         SELECT FROM pg_catalog.pg_cast c
          WHERE c.castsource = pg_catalog.to_regtype($1)::oid
            AND c.casttarget = pg_catalog.to_regtype($2)::oid
            AND c.castmethod = 'b') AS found;
