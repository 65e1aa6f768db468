BEGIN; CREATE INDEX CONCURRENTLY i ON t (a); COPY t FROM stdin;
1
\.
\copy t from x
