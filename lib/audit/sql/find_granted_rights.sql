-- Rights on the application's trail that installing gave to its owner since it was last uninstalled.
SELECT DISTINCT g.privilege
  FROM pcx.audit_meta AS m
 CROSS JOIN jsonb_array_elements_text(m.details -> 'granted') AS g (privilege)
 WHERE m.kind = 'install' AND m.details ->> 'relation' = 'public.audit_logs'
   AND m.at > coalesce((SELECT max(u.at) FROM pcx.audit_meta AS u
                         WHERE u.kind = 'uninstall' AND u.details ->> 'relation' = 'public.audit_logs'),
                       '-infinity')
 ORDER BY g.privilege
