//go:build ignore

// Command vendors_gen makes vendors.txt.gz of the registry of the IEEE that
// gopacket holds: go run vendors_gen.go
package main

import (
	"compress/gzip"
	"fmt"
	"log"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/google/gopacket/macs"
)

// forms are words that tell companies not apart.
const forms = " inc ltd co corp corporation gmbh ag llc limited company sa bv ab oy srl spa kg as the plc pty sas kk " +
	"technology technologies systems international electronics electronic "

// longest is the length of a short name.
const longest = 16

func main() {
	var lines []string
	for prefix, company := range macs.ValidMACPrefixMap {
		if name := short(company); name != "" {
			lines = append(lines, fmt.Sprintf("%02X%02X%02X %s\n", prefix[0], prefix[1], prefix[2], name))
		}
	}
	slices.Sort(lines)
	f, err := os.Create("vendors.txt.gz")
	if err != nil {
		log.Fatal(err)
	}
	z, _ := gzip.NewWriterLevel(f, gzip.BestCompression)
	fmt.Fprint(z, "# Vendors of Ethernet addresses: the first three octets, a short name made of\n# the company's in the registry of the IEEE. Written by vendors_gen.go.\n")
	fmt.Fprint(z, strings.Join(lines, ""))
	if err := z.Close(); err != nil {
		log.Fatal(err)
	}
	if err := f.Close(); err != nil {
		log.Fatal(err)
	}
}

// short joins the words of a company's name that tell it apart, as many as fit.
func short(company string) string {
	words := strings.FieldsFunc(company, func(r rune) bool {
		return r != '&' && (r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r))
	})
	name := ""
	for i, w := range words {
		if i > 0 && strings.Contains(forms, " "+strings.ToLower(w)+" ") {
			continue
		}
		if w == strings.ToUpper(w) && len(w) > 4 {
			w = w[:1] + strings.ToLower(w[1:])
		}
		w = strings.ToUpper(w[:1]) + w[1:]
		if len(name)+len(w) > longest && name != "" {
			break
		}
		name += w
	}
	return name[:min(len(name), longest)]
}
