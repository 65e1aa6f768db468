-- What pcx's journal knows of migrations, by ledger row. Only where schema pcx exists.
SELECT j.details ->> 'ledger_row' AS ledger_row, j.action, j.os_user, j.host, j.reason
  FROM pcx.journal j
 WHERE j.action IN ('migrate.up', 'migrate.down', 'migrate.resolve_applied',
                    'migrate.resolve_rolled_back')
   AND j.details ? 'ledger_row'
 ORDER BY j.id;
