package aggregate

import (
	"fmt"
	"strings"

	"github.com/seed-6ae541b3/goargus/record"
)

// metricNames are the attributes that statistics can be about, in the order of
// their numbers in the aggregate DSR.
var metricNames = strings.Fields(`srcid stime ltime trans dur avgdur mindur maxdur smac dmac saddr daddr proto ipid sport dport stos dtos sttl dttl
bytes sbytes dbytes pkts spkts dpkts appbytes sappbytes dappbytes load sload dload loss ploss rate srate drate tranref seq
smpls dmpls svlan dvlan stcpb dtcpb tcprtt synack ackdat sloss dloss sploss dploss sintpkt dintpkt sdur ddur stcpmax dtcpmax
sintpktact sintpktidl dintpktact dintpktidl swin dwin dldur dlstime dlltime dlspkt dldpkt shops dhops retrans sretrans
dretrans pretrans psretrans pdretrans nacks snacks dnacks pnacks psnacks pdnacks solo ssolo dsolo psolo pssolo pdsolo first
sfirst dfirst pfirst psfirst pdfirst sjit sjitact sjitidl djit djitact djitidl smeansz dmeansz sgap dgap`)

// Metrics are the names that [Config.Metric] knows.
func Metrics() []string { return append([]string(nil), metricNames...) }

// metric finds the attribute of a name and its number. A name that is the
// beginning of several is the first of them.
func metric(name string, reg *record.Registry) (*record.Attribute, uint8, error) {
	for i, n := range metricNames {
		if !strings.HasPrefix(n, name) {
			continue
		}
		a, ok := reg.Lookup(n)
		if !ok || a.Int == nil && a.Float == nil {
			break
		}
		return a, uint8(i), nil
	}
	return nil, 0, fmt.Errorf("aggregate: metric %q: want a number such as dur, bytes, pkts or rate", name)
}
