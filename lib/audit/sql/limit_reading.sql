-- For this transaction: $1 how long a statement may take. Compiling takes longer than the statements,
-- and a scan of everything is never the way to a page.
SELECT set_config('statement_timeout', $1, true), set_config('jit', 'off', true),
       set_config('enable_seqscan', $2, true);
