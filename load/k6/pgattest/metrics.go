package pgattest

import (
	"time"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
	"go.k6.io/k6/v2/metrics"
)

// k6Metrics are what thresholds, outputs and dashboards see: counted per second, not per statement.
type k6Metrics struct {
	statementDuration, transactionDuration, statements, transactions, errors, wrong *metrics.Metric
	root                                                                            *metrics.TagSet
	tags                                                                            map[statementKey]*metrics.TagSet
}

func registerMetrics(registry *metrics.Registry) (*k6Metrics, error) {
	m := &k6Metrics{root: registry.RootTagSet(), tags: map[statementKey]*metrics.TagSet{}}
	for _, each := range []struct {
		into     **metrics.Metric
		name     string
		kind     metrics.MetricType
		contents metrics.ValueType
	}{
		{&m.statementDuration, "pg_statement_duration", metrics.Trend, metrics.Time},
		{&m.transactionDuration, "pg_transaction_duration", metrics.Trend, metrics.Time},
		{&m.statements, "pg_statements", metrics.Counter, metrics.Default},
		{&m.transactions, "pg_transactions", metrics.Counter, metrics.Default},
		{&m.errors, "pg_errors", metrics.Counter, metrics.Default},
		{&m.wrong, "pg_wrong_rows", metrics.Counter, metrics.Default},
	} {
		metric, err := registry.NewMetric(each.name, each.kind, each.contents)
		if err != nil {
			return nil, err
		}
		*each.into = metric
	}
	return m, nil
}

func (m *k6Metrics) samples(
	list metrics.Samples, at time.Time, key statementKey, b *bucket, classes []string, trends int,
) metrics.Samples {
	tags := m.tags[key]
	if tags == nil {
		tags = m.root.With("statement", key.name).With("kind", key.kind)
		m.tags[key] = tags
	}
	push := func(metric *metrics.Metric, tags *metrics.TagSet, value float64) {
		list = append(list, metrics.Sample{
			TimeSeries: metrics.TimeSeries{Metric: metric, Tags: tags}, Time: at, Value: value,
		})
	}
	count, duration := m.statements, m.statementDuration
	if key.kind == kindTransaction {
		count, duration = m.transactions, m.transactionDuration
	}
	push(count, tags, float64(b.done))
	// A transaction's errors are those of its statements: counted once. None counts too, so that thresholds see a figure.
	if key.kind != kindTransaction {
		for class, errors := range b.errors {
			push(m.errors, tags.With("class", classes[class]), float64(errors))
		}
		if len(b.errors) == 0 {
			push(m.errors, tags, 0)
		}
		push(m.wrong, tags, float64(b.wrong))
	}
	for _, value := range spread(b.latency, trends) {
		push(duration, tags, float64(value)/1000)
	}
	return list
}

// spread gives at most n values that stand for all of a histogram: the middles of n equal shares, the last the largest.
// A Trend keeps each sample until the end of the test, so it cannot have them all.
func spread(h *hdr.Histogram, n int) []int64 {
	total := h.TotalCount()
	if n <= 0 || total == 0 {
		return nil
	}
	n = int(min(int64(n), total))
	shares := make([]float64, n)
	for i := range shares {
		shares[i] = (float64(i) + 0.5) / float64(n) * 100
	}
	values := h.ValueAtPercentilesSlice(shares)
	values[n-1] = h.Max()
	return values
}
