-- $1 how many months ahead
SELECT pcx.audit_make_months($1) AS made
