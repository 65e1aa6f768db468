-- What is asked for most is the newest days of a few KPIs, each minute by pcx alert; the primary key begins
-- with the tenant.
CREATE INDEX kpi_daily_day ON pcx.kpi_daily (day, kpi);
