-- For this transaction: rows of the trail come in its order, by its indexes, without being sorted; a
-- compiled plan or one of several processes would begin late and end no sooner.
SELECT set_config('enable_sort', 'off', true), set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true),
       set_config('max_parallel_workers_per_gather', '0', true)
