package record

// aggregateRows are statistics of the records that were merged. A flow that was
// never merged counts as one record.
func aggregateRows() []Attribute {
	a := Set(DSRAggregate)
	active := func(r *Record) Stat { return activeStat(r) }
	idle := func(r *Record) Stat { return r.Aggregate().Idle }
	row := func(name, title string, width int, get func(*Record) (float64, bool), doc string) Attribute {
		return decimal(name, title, width, "s", Both, a, get, doc)
	}
	rows := []Attribute{
		integer("trans", "Trans", 6, "count", Both, a, transactions, "records that were merged into this one").orZero().abbreviated().percent("pTrans", "").managed(func(m *ManagementInfo) int64 { return int64(m.Flows) }),
		row("mean", "Mean", 10, stat(active, statMean), "mean duration of the merged records").alias("avgdur").orZero().ofFlows().abbreviated(),
		row("min", "Min", 10, stat(active, statMin), "shortest duration of the merged records").alias("mindur").abbreviated(),
		row("max", "Max", 10, stat(active, statMax), "longest duration of the merged records").alias("maxdur").abbreviated(),
		row("stddev", "StdDev", 10, stat(active, statDeviation), "standard deviation of the durations of the merged records").abbreviated(),
		row("sum", "Sum", 10, stat(active, statSum), "sum of the durations of the merged records").orZero().ofFlows(),
		row("runtime", "RunTime", 10, stat(active, statSum), "the same as sum").orZero().ofFlows(),
		row("idlemean", "IdlMean", 8, stat(idle, statMean), "mean time between the merged records").orZero().abbreviated(),
		row("idlemin", "IdlMin", 8, stat(idle, statMin), "shortest time between the merged records").abbreviated(),
		row("idlemax", "IdlMax", 8, stat(idle, statMax), "longest time between the merged records").abbreviated(),
		row("idlestddev", "IdlStdDev", 8, stat(idle, statDeviation), "standard deviation of the times between the merged records").abbreviated(),
		row("intflow", "IntFlow", 12, stat(idle, statMean), "the same as idlemean"),
		row("intflowmax", "IntFlowMax", 12, stat(idle, statMax), "the same as idlemax"),
		row("intflowmin", "IntFlowMin", 12, stat(idle, statMin), "the same as idlemin"),
		row("intflowsdev", "IntFlowStd", 12, stat(idle, statDeviation), "the same as idlestddev"),
		reserved("idle", "IdleTime", 10, Both, "s"),
	}
	for _, set := range []string{"act", "idle"} {
		for _, of := range []string{"", "max", "min", "sdev"} {
			rows = append(rows, reserved(set+"intflow"+of, "", 12, Both, "s"))
		}
	}
	return rows
}

func statSum(s *Stat) float64 { return s.Mean * float64(s.N) }

// merged records count; others are one if they counted any packet.
func transactions(r *Record) (int64, bool) {
	a := r.Aggregate()
	switch {
	case r.Has(DSRAggregate):
		return int64(a.Count), true
	case r.IsFlow() && r.Metrics().Packets() > 0:
		return 1, true
	}
	return 0, false
}

// activeStat is the statistics of the record: that of its own duration if it
// was never merged.
func activeStat(r *Record) Stat {
	a := r.Aggregate()
	if r.Has(DSRAggregate) {
		return a.Active
	}
	d := float64(r.Times().Duration()) / second
	return Stat{N: 1, Mean: d, Min: d, Max: d}
}

func stat(set func(*Record) Stat, get func(*Stat) float64) func(*Record) (float64, bool) {
	return func(r *Record) (float64, bool) {
		if n, ok := transactions(r); !ok || n == 0 {
			return 0, false
		}
		s := set(r)
		return get(&s), true
	}
}
