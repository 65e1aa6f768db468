SELECT coalesce(sum(changes), 0)::bigint AS changes FROM pcx.audit_lost
