-- For this transaction: whether the planner may sort and use bitmaps ($1), or has to go by the order of an index
-- ('off'); whether it may go by an index from row to row ($2); how many workers it may start ($3, null: the
-- server's setting). It never reads all rows.
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', $1, true),
       set_config('enable_sort', $1, true), set_config('enable_indexscan', $2, true),
       set_config('max_parallel_workers_per_gather', $3, true);
