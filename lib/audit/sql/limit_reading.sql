-- For this transaction: $1 how long a statement may take. Compiling takes longer than the statements.
SELECT set_config('statement_timeout', $1, true), set_config('jit', 'off', true);
