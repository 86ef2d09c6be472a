package codec3

import (
	"strings"

	"github.com/seed-6ae541b3/goargus/record"
)

// Loss is a set of what version 3 cannot hold of a record.
type Loss uint32

// What may be lost.
const (
	InterfaceName Loss = 1 << iota // of the source id
	SourceID                       // all but the first four bytes of an IPv6 address or UUID
	Nanoseconds                    // of times that are not whole microseconds
	MSS                            // maximum segment size of TCP
	Distribution                   // of inter-packet times, in blocks of seven words
	Headers                        // captured encapsulation headers
	Hash
	VXLAN
	GRE
	Geneve
	Geo
	Local
	Score
	endOfLosses
)

var lossNames = [...]string{
	"interface name", "source id", "nanoseconds", "MSS", "distribution", "encapsulation headers",
	"flow hash", "VXLAN", "GRE", "Geneve", "coordinates", "locality", "score",
}

// String names the losses, separated by commas.
func (l Loss) String() string {
	var names []string
	for i, name := range lossNames {
		if l&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// Losses tells what [Append] leaves out of a record, 0 if nothing. A record of
// version 3 loses nothing.
func Losses(rec *record.Record) Loss {
	if rec.Version() == record.Version3 {
		return 0
	}
	if rec.Kind() == record.Management {
		m := rec.Management()
		return idLoss(m.ID.Kind) | when(m.Status&record.StatusInterfaces != 0, InterfaceName)
	}
	var l Loss
	if rec.Has(record.DSRTransport) {
		t := rec.Transport()
		l |= when(t.HasInf, InterfaceName) | idLoss(t.ID.Kind)
	}
	if rec.Has(record.DSRTime) {
		t := rec.Times()
		l |= when(t.Src.Start%1000|t.Src.End%1000|t.Dst.Start%1000|t.Dst.End%1000 != 0, Nanoseconds)
	}
	if n := rec.Network(); rec.Has(record.DSRNetwork) && n.IsTCP() {
		l |= when(n.TCP.Src.MSS|n.TCP.Dst.MSS != 0, MSS)
		if n.Kind == record.NetworkTCPPerf {
			l |= when(n.TCP.Src.LastTime%1000|n.TCP.Dst.LastTime%1000 != 0, Nanoseconds)
		}
	}
	if rec.Has(record.DSRJitter) {
		l |= when(rec.Jitter().HasDistribution(), Distribution)
	}
	if rec.Has(record.DSREncaps) {
		e := rec.Encaps()
		l |= when(len(e.SrcHeaders)+len(e.DstHeaders) > 0, Headers)
	}
	for _, d := range [...]struct {
		dsr  record.DSR
		loss Loss
	}{
		{record.DSRHash, Hash}, {record.DSRVXLAN, VXLAN}, {record.DSRGRE, GRE}, {record.DSRGeneve, Geneve},
		{record.DSRGeo, Geo}, {record.DSRLocal, Local}, {record.DSRScore, Score},
	} {
		l |= when(rec.Has(d.dsr), d.loss)
	}
	return l
}

func idLoss(k record.IDKind) Loss {
	return when(k == record.IDIPv6 || k == record.IDUUID || k == record.IDEthernet, SourceID)
}

func when(is bool, l Loss) Loss {
	if is {
		return l
	}
	return 0
}
