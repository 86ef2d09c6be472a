package main

import (
	"fmt"
	"time"

	"github.com/google/gopacket/layers"
)

// tourScenarios show an everyday mixture instead of one situation.
var tourScenarios = []scenario{
	{"office", "a host's first minute: DHCP, DNS, web, TLS, ping, a refused port, multicast, silent servers, IPv6", func(c *capture) {
		c.udp(client, 68, group("255.255.255.255"), 67, text(300))
		c.wait(20 * ms)
		c.udp(router, 67, client, 68, text(300))
		c.wait(100 * ms)
		for i, name := range []string{"www.example.com", "mail.example.com", "time.example.com"} {
			c.udp(client, 40100+i, router, 53, dnsMessage(uint16(0x3000+i), name, false))
			c.wait(12 * ms)
			c.udp(router, 53, client, 40100+i, dnsMessage(uint16(0x3000+i), name, true))
			c.wait(30 * ms)
		}
		web := newConn(c, client, 40200, server, 80)
		web.handshake()
		for i := 1; i <= 3; i++ {
			web.say(web.client, []byte(fmt.Sprintf("GET /page%d.html HTTP/1.1\r\nHost: www.example.com\r\n\r\n", i)))
			for range 4 {
				web.say(web.server, text(1400))
			}
			web.ack(web.client)
		}
		web.close(web.server)
		c.wait(40 * ms)
		tls := newConn(c, client, 40201, server, 443)
		tls.handshake()
		tls.say(tls.client, clientHello("mail.example.com"))
		tls.say(tls.server, serverHello())
		tls.say(tls.server, text(900))
		tls.ack(tls.client)
		c.wait(50 * ms)
		for range 3 {
			c.udp(client, 123, router, 123, text(48))
			c.wait(8 * ms)
			c.udp(router, 123, client, 123, text(48))
			c.wait(500 * ms)
		}
		refused := newConn(c, client, 40202, server, 8080)
		refused.segment(refused.client, "S", refused.client.seq, 0, nil)
		c.wait(10 * ms)
		refused.segment(refused.server, "RA", 0, refused.client.seq+1, nil)
		c.wait(100 * ms)
		c.udp(client, 5353, group("224.0.0.251"), 5353, dnsMessage(0, "printer.local", false))
		c.wait(100 * ms)
		for i := range 4 {
			c.udp(client, 40203, server, 514, text(80+i))
			c.wait(250 * ms)
		}
		v6 := dnsMessage(0x4000, "six.example.com", false)
		c.udp6(client, 40300, router, 53, v6)
		c.wait(14 * ms)
		c.udp6(router, 53, client, 40300, dnsMessage(0x4000, "six.example.com", true))
		c.wait(time.Second)
		tls.say(tls.client, text(200))
		tls.ack(tls.server)
		tls.close(tls.client)
		silent := newConn(c, client, 40204, server, 2222)
		for range 3 {
			silent.segment(silent.client, "S", silent.client.seq, 0, nil)
			c.wait(time.Second)
		}
		c.send4(client, router, layers.IPProtocolICMPv4, raw(8, 0, u16(0xf7ff-0x4242-1), u16(0x4242), u16(1)))
		c.wait(ms)
		c.send4(router, client, layers.IPProtocolICMPv4, raw(0, 0, u16(0xffff-0x4242-1), u16(0x4242), u16(1)))
	}},
}
