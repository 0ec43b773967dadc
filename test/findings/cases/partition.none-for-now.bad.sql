-- names: "App 1"."Lo""g"
CREATE TABLE "App 1"."Lo""g" (at timestamptz) PARTITION BY RANGE (at);
CREATE TABLE "App 1".old PARTITION OF "App 1"."Lo""g" FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');
