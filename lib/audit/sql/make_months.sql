-- $1 how many months ahead; how many partitions were made
SELECT pcx.audit_make_months($1) AS made
