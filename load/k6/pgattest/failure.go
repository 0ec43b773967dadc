package pgattest

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// Codes of what has no SQLSTATE.
const (
	codeConnection  = "connection"
	codeDeadline    = "deadline"
	codeClient      = "client"
	codeInterrupted = "interrupted"
)

// failure is why a transaction was not committed: the first error, and at which step.
type failure struct {
	code, message, detail, hint, constraint string
	step                                    int
	// The connection is of no use any more.
	broken bool
}

func (f *failure) Error() string { return f.message + " (" + f.code + ")" }

// class is the SQLSTATE class; 08 (connection exception) for a connection that broke without a word. What was under way when
// the test ended is nobody's error, and has a class of its own.
func (f *failure) class() string {
	switch {
	case f.code == codeConnection:
		return "08"
	case f.code == codeDeadline, f.code == codeInterrupted:
		return f.code
	case len(f.code) == 5:
		return f.code[:2]
	default:
		return codeClient
	}
}

func clientFailure(message string) *failure { return &failure{code: codeClient, message: message} }

// fromServer copies what the server said: the message is decoded into memory that the next one reuses.
func fromServer(m *pgproto3.ErrorResponse, step int) *failure {
	severity := m.SeverityUnlocalized
	if severity == "" {
		severity = m.Severity
	}
	return &failure{
		code: m.Code, message: m.Message, detail: m.Detail, hint: m.Hint, constraint: m.ConstraintName,
		step: step, broken: severity == "FATAL" || severity == "PANIC",
	}
}

func fromNetwork(err error, step int, interrupted bool) *failure {
	f := &failure{code: codeConnection, message: "connection lost: " + err.Error(), step: step, broken: true}
	var timeout net.Error
	switch {
	case interrupted:
		f.code, f.message = codeInterrupted, "the test ended before the answer"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		f.code, f.message = codeDeadline, "no answer before the deadline"
	}
	return f
}

// fromConnect says why there is no connection, never with what: pgconn's own text may quote the connection string.
func fromConnect(err error, where string) *failure {
	f := &failure{code: codeConnection, broken: true}
	var server *pgconn.PgError
	if errors.As(err, &server) {
		f.code, f.message, f.hint = server.Code, "cannot connect to "+where+": "+server.Message, server.Hint
		return f
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		f.code = codeDeadline
	}
	cause := err
	for next := errors.Unwrap(cause); next != nil; next = errors.Unwrap(cause) {
		cause = next
	}
	f.message = "cannot connect to " + where + ": " + strings.TrimSpace(cause.Error())
	return f
}
