-- Rows of the trail by table. Reads all of it.
SELECT relation, count(*) AS changes
  FROM pcx.change
 GROUP BY relation
