-- Rights on the application's trail that installing gave to its owner since it was last uninstalled.
SELECT DISTINCT g.privilege
  FROM pcx.audit_meta AS m
 CROSS JOIN jsonb_array_elements_text(CASE WHEN jsonb_typeof(m.details -> 'granted') = 'array'
                                          THEN m.details -> 'granted' ELSE '[]' END) AS g (privilege)
 WHERE m.kind = 'install' AND m.details ->> 'relation' = 'public.audit_logs'
   AND m.at > coalesce((SELECT max(u.at) FROM pcx.audit_meta AS u
                         WHERE u.kind = 'uninstall' AND u.details ->> 'relation' = 'public.audit_logs'),
                       '-infinity')
 ORDER BY g.privilege
