-- $1 reason, $2 tenant, $3 relation, $4 row, $5 actor, $6 and $7 from when on and before when, $8 by whom.
INSERT INTO pcx.legal_hold (reason, tenant, relation, row_key, actor, since, until, placed_by)
VALUES ($1, $2, $3, $4, $5, $6::timestamptz, $7::timestamptz, $8)
RETURNING id;
