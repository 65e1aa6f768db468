-- $1 lookup ids: nobody changes them or their rows, if they have any, until this transaction is over.
SELECT keys.id
  FROM (SELECT k.id, k.row_id
          FROM pcx.apikey AS k
         WHERE k.id = ANY ($1::text[])
         ORDER BY k.id
           FOR UPDATE) AS keys
  LEFT JOIN LATERAL (SELECT a.id
                       FROM public.api_keys AS a
                      WHERE a.id = keys.row_id
                        FOR UPDATE) AS theirs ON true;
