package fuzz_test

import (
	"testing"

	"github.com/seed-6ae541b3/goargus/argus/anonymize"
	"github.com/seed-6ae541b3/goargus/argus/archive"
	"github.com/seed-6ae541b3/goargus/argus/order"
	"github.com/seed-6ae541b3/goargus/argus/strip"
	"github.com/seed-6ae541b3/goargus/argus/tally"
)

// FuzzAnonymizeConf reads configurations of the anonymiser: one that is taken
// makes an anonymiser or an error.
func FuzzAnonymizeConf(f *testing.F) {
	for _, text := range []string{
		"", "RANON_SEED=12345\nRANON_PORT_METHOD=\"no\"", "RANON_NET_ANONYMIZATION=sequential\nRANON_PRESERVE_NET_ADDRESS_HIERARCHY=cidr/24",
		"RANON_TIME_SEC_OFFSET=fixed:1000\nRANON_TIME_USEC_OFFSET=fixed:5", "RANON_RULES=mac=vendor,ipv4=random",
		"RANON_PRESERVE_PORT_NUMS=80,443 # web", "RANON_SPECIFY_HOST_TRANSLATION=192.0.2.1::198.51.100.1", "# comment\nX=1", "RANON_SEED",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := anonymize.ParseConf(text)
		if err != nil {
			return
		}
		c.Key, c.Map = anonymize.SeedKey("x"), anonymize.NewAddressMap()
		if _, err := anonymize.New(c.Config); err != nil {
			t.Logf("refused: %v", err)
		}
	})
}

// FuzzToolWords reads what the tools take on their command lines.
func FuzzToolWords(f *testing.F) {
	for _, text := range []string{"-sbytes saddr/24,+stime", "dur 10:0-5", "abs pcr 4:-1e-3-1K", "30s", "1M", "-suser", "a/%Y/$srcid.%H", "%", "$", "bytes 8L:1-1G"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if k, err := order.ParseKeys(text, nil); err == nil && k.String() != text {
			t.Errorf("keys %q print as %q", text, k)
		}
		if h, ranged, err := tally.ParseHistogram(text, nil); err == nil && ranged {
			if err := h.Check(); err != nil {
				t.Errorf("histogram %q: %v", text, err)
			}
			if h.Bins <= 1000 {
				h.AddValue(h.Low)
				h.AddValue(h.High)
				h.Classes(true)
			}
		}
		if p, err := archive.ParsePeriod(text); err == nil {
			if q, err := archive.ParsePeriod(p.String()); err != nil || q != p {
				t.Errorf("period %q becomes %v, %v", text, q, err)
			}
		}
		_, _ = strip.Parse(text)
		if w, err := archive.New(archive.Config{Name: text}); err == nil {
			if err := w.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

// FuzzKey reads keys.
func FuzzKey(f *testing.F) {
	f.Add([]byte("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"))
	f.Add([]byte("12345678901234567890123456789012"))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = anonymize.ParseKey(b)
	})
}
