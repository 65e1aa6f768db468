-- $1 lookup ids: nobody changes them or their rows until this transaction is over.
SELECT k.id
  FROM pcx.apikey AS k
  JOIN public.api_keys AS a ON a.id = k.row_id
 WHERE k.id = ANY ($1::text[])
 ORDER BY k.id
   FOR UPDATE;
