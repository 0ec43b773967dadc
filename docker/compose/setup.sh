#!/bin/sh
# Makes what no two installations may share: passwords, and a certificate of an authority that nobody else has. What is there stays.
# The arguments are the names of the servers.
set -eu
umask 077

write() {
  cat >"$1.new"
  sync "$1.new"
  mv "$1.new" "$1"
}

for account in postgres pgattest_replicator pgattest_pooler pgattest_admin; do
  [ -s "/secrets/$account" ] || openssl rand -hex 24 | write "/secrets/$account"
done

if [ ! -e /secrets/tls ]; then
  rm -rf /secrets/tls.new
  mkdir /secrets/tls.new
  cd /secrets/tls.new
  names=$(printf ',DNS:%s' "$@")
  cat >openssl.cnf <<CONF
[req]
distinguished_name = name
prompt = no
[name]
CN = pgattest authority
[authority]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:localhost,IP:127.0.0.1$names
CONF
  key='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
  # shellcheck disable=SC2086
  openssl req -config openssl.cnf $key -x509 -extensions authority -days 3650 -keyout ca.key -out ca.crt 2>/dev/null
  # shellcheck disable=SC2086
  openssl req -config openssl.cnf $key -subj '/CN=pgattest server' -keyout server.key -out server.csr 2>/dev/null
  openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -sha256 \
    -extfile openssl.cnf -extensions server -out server.crt 2>/dev/null
  # Nothing more can be signed with it.
  rm -f ca.key server.csr ca.srl openssl.cnf
  sync ./* .
  mv /secrets/tls.new /secrets/tls
fi

write /secrets/pgpass <<LINES
*:*:*:postgres:$(cat /secrets/postgres)
*:*:*:pgattest_replicator:$(cat /secrets/pgattest_replicator)
LINES

# The pooler gets its own two passwords and no other.
write /pooler-secrets/pgpass <<LINE
*:*:*:pgattest_admin:$(cat /secrets/pgattest_admin)
LINE
write /pooler-secrets/userlist.txt <<LINES
"pgattest_admin" "$(cat /secrets/pgattest_admin)"
"pgattest_pooler" "$(cat /secrets/pgattest_pooler)"
LINES
mkdir -p /pooler-secrets/tls
for file in ca.crt server.crt server.key; do
  write "/pooler-secrets/tls/$file" <"/secrets/tls/$file"
done
