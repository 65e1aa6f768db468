-- How many pages tables have now. $1 their oids. In the same order.
SELECT coalesce(pg_catalog.pg_relation_size(o.oid::bigint::oid), 0)
         / pg_catalog.current_setting('block_size')::bigint AS blocks
  FROM unnest($1::text[]) WITH ORDINALITY AS o(oid, number)
 ORDER BY o.number;
