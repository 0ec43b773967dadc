package pgattest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// target is where and how a client connects.
type target struct {
	host, database, user, password, applicationName string
	port                                            int
	tls                                             *tls.Config
	named                                           bool
	deadline, firstWait, longestWait                time.Duration
}

func (t *target) where() string {
	if strings.HasPrefix(t.host, "/") {
		return t.host + "/.s.PGSQL." + strconv.Itoa(t.port)
	}
	return net.JoinHostPort(t.host, strconv.Itoa(t.port))
}

func (t *target) connect(ctx context.Context) (*connection, *failure) {
	config, err := pgconn.ParseConfig("sslmode=disable" +
		" host=" + quoted(t.host) + " port=" + strconv.Itoa(t.port) +
		" user=" + quoted(t.user) + " database=" + quoted(t.database))
	if err != nil {
		return nil, clientFailure("host, port, user or database cannot be used to connect")
	}
	config.TLSConfig = t.tls
	config.Fallbacks = nil
	if t.password != "" {
		config.Password = t.password
	}
	config.RuntimeParams["application_name"] = t.applicationName
	raw, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fromConnect(err, t.where())
	}
	// Nothing may be left in pgconn's buffer, which is not ours.
	if err := raw.SyncConn(ctx); err != nil {
		return nil, fromConnect(err, t.where())
	}
	hijacked, err := raw.Hijack()
	if err != nil {
		return nil, fromConnect(err, t.where())
	}
	return &connection{
		net: hijacked.Conn, front: pgproto3.NewFrontend(hijacked.Conn, hijacked.Conn),
		names: map[string]*named{}, useNames: t.named, status: hijacked.TxStatus,
	}, nil
}

func quoted(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}

// tlsOf checks the server's certificate against `ca`; without one it only encrypts, as libpq's `require` does.
func tlsOf(ca, serverName string) (*tls.Config, error) {
	config := &tls.Config{ServerName: serverName, MinVersion: tls.VersionTLS12}
	if ca == "" {
		config.InsecureSkipVerify = true //nolint:gosec // asked for: no ca
		return config, nil
	}
	pem, err := os.ReadFile(ca) //nolint:gosec // the script names it
	if err != nil {
		return nil, err
	}
	config.RootCAs = x509.NewCertPool()
	if !config.RootCAs.AppendCertsFromPEM(pem) {
		return nil, errors.New(ca + ": no certificate in it")
	}
	return config, nil
}

// backOff says how long to wait before connecting again: exponential, with full jitter in its upper half.
type backOff struct {
	failures int
	last     int64
}

func (b *backOff) wait(t *target) time.Duration {
	if b.failures == 0 {
		return 0
	}
	wait := t.longestWait
	if shift := b.failures - 1; shift < 20 && t.firstWait<<shift < wait {
		wait = t.firstWait << shift
	}
	wait = wait/2 + rand.N(wait/2+1) //nolint:gosec // jitter
	return wait - time.Duration(now()-b.last)
}

func (b *backOff) failed() { b.failures++; b.last = now() }
func (b *backOff) fine()   { b.failures = 0 }
