package zeek_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/seed-6ae541b3/goargus/zeek"
)

const exampleLog = `#separator \x09
#path	conn
#fields	ts	uid	id.orig_h	id.orig_p	id.resp_h	id.resp_p	proto	service	duration	orig_bytes	resp_bytes	conn_state	history	orig_pkts	orig_ip_bytes	resp_pkts	resp_ip_bytes
#types	time	string	addr	port	addr	port	enum	string	interval	count	count	string	string	count	count	count	count
1700000000.250000	CHhAvVGS1DHFjwGM9	192.0.2.1	49152	198.51.100.7	443	tcp	ssl	1.500000	900	4200	SF	ShADadFf	9	1380	8	4628
`

// Rows of a conn log as flow records.
func ExampleReader_Records() {
	for rec, err := range zeek.NewReader(strings.NewReader(exampleLog)).Records() {
		if err != nil {
			fmt.Println(err)
			return
		}
		flow, m := rec.Flow(), rec.Metrics()
		fmt.Println(rec.StartTime(), flow.Proto, flow.Src, flow.Dst, m.Src.Bytes, m.Dst.Bytes)
		fmt.Printf("%s\n", rec.Label().Text)
	}
	// Output:
	// 2023-11-14T22:13:20.25Z tcp 192.0.2.1 198.51.100.7 1380 4628
	// {"uid":"CHhAvVGS1DHFjwGM9","conn_state":"SF","history":"ShADadFf","service":["ssl"],"missed_bytes":null,"ip_proto":null}
}

// Flow records as a conn log in JSON.
func ExampleWriter() {
	w := zeek.WriterConfig{Format: zeek.JSON, CommunityID: true}.NewWriter(os.Stdout)
	for rec, err := range zeek.NewReader(strings.NewReader(exampleLog)).Records() {
		if err != nil {
			fmt.Println(err)
			return
		}
		if err := w.Write(rec); err != nil {
			fmt.Println(err)
			return
		}
	}
	if err := w.Close(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"ts":1700000000.250000,"uid":"CHhAvVGS1DHFjwGM9","id.orig_h":"192.0.2.1","id.orig_p":49152,"id.resp_h":"198.51.100.7","id.resp_p":443,"proto":"tcp","service":"ssl","duration":1.500000,"orig_bytes":900,"resp_bytes":4200,"conn_state":"SF","history":"ShADadFf","orig_pkts":9,"orig_ip_bytes":1380,"resp_pkts":8,"resp_ip_bytes":4628,"community_id":"1:tzGAv2c/HYtwUVKYnonVf8gjDsk="}
}
