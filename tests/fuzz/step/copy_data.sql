VACUUM;
COPY t (a, b) FROM stdin;
1	x;y
\.
SELECT 1;
