-- Whether the trail says that there are event triggers, or that somebody began to make them.
SELECT coalesce((SELECT m.kind <> 'uninstall'
                   FROM pcx.audit_meta AS m
                  WHERE m.kind IN ('begin', 'install', 'uninstall') AND m.details ? 'event_triggers'
                  ORDER BY m.at DESC, m.seq DESC
                  LIMIT 1), false) AS wants
