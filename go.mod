module github.com/seed-6ae541b3/goargus

go 1.25.0

require (
	github.com/gaissmai/bart v0.30.0
	github.com/google/go-cmp v0.7.0
	github.com/google/gopacket v1.1.19
	github.com/klauspost/compress v1.20.4
	github.com/netsampler/goflow2/v2 v2.2.6
	github.com/ulikunitz/xz v0.5.17
	golang.org/x/net v0.58.0
	pgregory.net/rapid v1.3.0
)

require golang.org/x/sys v0.47.0

require github.com/xi2/xz v0.0.0-20171230120015-48954b6210f8
