//go:build pooler

package pgattest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Many new connections through PgBouncer at once, in pipelines whose statements come several times and return rows of many
// sizes: before statements were parsed ahead, about one connection in 500 read a ParseComplete in the middle of a row.
func TestNewConnectionsThroughAPoolerThatPrepares(t *testing.T) {
	config, err := pgconn.ParseConfig(os.Getenv("PGATTEST_TEST_POOLER"))
	must(t, err)
	where := &target{
		host: config.Host, port: int(config.Port), database: config.Database, user: config.User,
		password: config.Password, applicationName: "pgattest-test", named: true, tls: config.TLSConfig,
		deadline: 20 * time.Second,
	}
	const rounds, side = 400, 12
	for round := range rounds {
		var together sync.WaitGroup
		for range side {
			together.Go(func() {
				c, failed := where.connect(t.Context())
				if failed == nil {
					failed = c.run(manyAnswers(round), time.Now().Add(where.deadline))
					c.close()
				}
				if failed != nil {
					t.Errorf("round %d: %v", round, failed)
				}
			})
		}
		together.Wait()
		if t.Failed() {
			return
		}
	}
}

func manyAnswers(round int) []step {
	steps := []step{{sql: "BEGIN"}}
	for range 60 {
		n := rand.IntN(9) //nolint:gosec // no secret
		sql := fmt.Sprintf("SELECT g, repeat('x', %d) FROM generate_series(1, %d) g -- %d %s",
			40+17*n, 1+n*n/2, round/3, strings.Repeat("y", 100+53*n))
		steps = append(steps, step{sql: sql})
	}
	steps = append(steps, step{sql: "COMMIT"})
	for i := range steps {
		steps[i].tail, steps[i].statement = emptyTail, -1
	}
	return steps
}
