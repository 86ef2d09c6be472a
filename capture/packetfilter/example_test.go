package packetfilter_test

import (
	"fmt"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/capture/packetfilter"
)

func Example() {
	web, err := packetfilter.Compile("tcp port 80 or 443", capture.Ethernet, 0)
	if err != nil {
		panic(err)
	}
	frame := make([]byte, 54)
	frame[12], frame[13] = 0x08, 0x00 // IPv4
	frame[14] = 0x45                  // header of 20 bytes
	frame[23] = 6                     // TCP
	frame[36], frame[37] = 0x01, 0xbb // to port 443
	fmt.Println(web.Match(frame, 54))

	_, err = packetfilter.Compile("tcp port 80 or gateway 10.0.0.1", capture.Ethernet, 0)
	fmt.Println(err)
	// Output:
	// true
	// packet filter, column 16: "gateway" is not offered by this filter
	//   tcp port 80 or gateway 10.0.0.1
	//                  ^
}

func ExampleSource() {
	src, err := packetfilter.Source(capture.OpenFiles("../../testdata/pcap/http-get.pcap"), "src port 80")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer src.Close()
	packets := make([]capture.Packet, 64)
	n, err := src.ReadPackets(packets)
	fmt.Println(n, err)
	// Output: 5 <nil>
}
