SELECT application_name AS replica, pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) AS behind
FROM pg_stat_replication;
