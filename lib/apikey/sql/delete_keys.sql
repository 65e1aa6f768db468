-- $1 lookup ids. A row that holds anything but its placeholder is not pcx's to delete.
WITH gone AS (
    DELETE FROM pcx.apikey WHERE id = ANY ($1::text[])
    RETURNING id, row_id
)
DELETE FROM public.api_keys AS a
 USING gone
 WHERE a.id = gone.row_id AND a.key = 'pcx:' || gone.id;
