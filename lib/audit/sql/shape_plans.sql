-- For this transaction: whether the planner may read all rows and sort them ($1), or has to go by the
-- order of an index ('off').
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', $1, true),
       set_config('enable_sort', $1, true);
