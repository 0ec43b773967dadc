-- Numbers, and their share.
SELECT last, last::numeric / NULLIF(sum(last) OVER (), 0) AS share
FROM "sh op".numbers;
