/** Keys of [pgbouncer], up to PgBouncer 1.25; it refuses a file with any other. */
export const poolerKeys: ReadonlySet<string> = new Set(
  `admin_users application_name_add_host auth_dbname auth_file auth_hba_file auth_ident_file auth_ldap_options auth_query
   auth_type auth_user autodb_idle_timeout cancel_wait_timeout client_idle_timeout client_login_timeout client_tls13_ciphers
   client_tls_ca_file client_tls_cert_file client_tls_ciphers client_tls_dheparams client_tls_ecdhcurve client_tls_key_file
   client_tls_protocols client_tls_sslmode conffile default_pool_size disable_pqexec dns_max_ttl dns_nxdomain_ttl
   dns_zone_check_period idle_transaction_timeout ignore_startup_parameters job_name listen_addr listen_backlog listen_port
   log_connections log_disconnections log_pooler_errors log_stats logfile max_client_conn max_db_client_connections
   max_db_connections max_packet_size max_prepared_statements max_user_client_connections max_user_connections min_pool_size
   peer_id pidfile pkt_buf pool_mode query_timeout query_wait_notify query_wait_timeout reserve_pool_size
   reserve_pool_timeout resolv_conf sbuf_loopcnt scram_iterations server_check_delay server_check_query
   server_connect_timeout server_fast_close server_idle_timeout server_lifetime server_login_retry server_reset_query
   server_reset_query_always server_round_robin server_tls13_ciphers server_tls_ca_file server_tls_cert_file
   server_tls_ciphers server_tls_key_file server_tls_protocols server_tls_sslmode service_name so_reuseport stats_period
   stats_users suspend_timeout syslog syslog_facility syslog_ident tcp_defer_accept tcp_keepalive tcp_keepcnt tcp_keepidle
   tcp_keepintvl tcp_socket_buffer tcp_user_timeout track_extra_parameters transaction_timeout unix_socket_dir
   unix_socket_group unix_socket_mode user verbose`.split(/\s+/),
);

/** Keys of a line of [databases]. */
export const databaseKeys: ReadonlySet<string> = new Set(
  `application_name auth_dbname auth_query auth_user client_encoding connect_query datestyle dbname host
   load_balance_hosts max_db_client_connections max_db_connections min_pool_size password pool_mode pool_size port
   reserve_pool reserve_pool_size server_lifetime timezone user`.split(/\s+/),
);

export const sections: ReadonlySet<string> = new Set(['databases', 'pgbouncer', 'users', 'peers']);

/** Keys whose value is one of a list. */
export const choices: Readonly<Record<string, readonly string[]>> = {
  auth_type: ['any', 'trust', 'plain', 'md5', 'cert', 'hba', 'ldap', 'pam', 'scram-sha-256'],
  pool_mode: ['session', 'transaction', 'statement'],
  client_tls_sslmode: ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'],
  server_tls_sslmode: ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'],
};

/** Keys whose value is a whole number. */
export const counts: ReadonlySet<string> = new Set(
  `default_pool_size listen_port max_client_conn max_db_client_connections max_db_connections max_prepared_statements
   max_user_client_connections max_user_connections min_pool_size pool_size reserve_pool reserve_pool_size
   server_reset_query_always`.split(/\s+/),
);
