// Command ranonymize makes flow records that tell nothing of who took part.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/argus/anonymize"
	"github.com/seed-6ae541b3/goargus/examples/internal/cli"
	"github.com/seed-6ae541b3/goargus/examples/internal/getopt"
	"github.com/seed-6ae541b3/goargus/filter"
	"github.com/seed-6ae541b3/goargus/record"
)

const usage = `usage: ranonymize [options] -r FILE... -w FILE [- filter expression]

Maps or removes what tells who took part. What no rule keeps is removed: user data,
labels, countries, scores and all that is not known.

  --key FILE        the key of all mappings: 32 bytes or 64 hexadecimal digits. Runs with
                    one key agree, on any machine. Without one, the key is random and lost
  --new-key FILE    write a new random key to FILE and exit
  -f FILE           read a ranonymize.conf
  --rules PART=ACTION,...   change rules; --list-rules shows all parts, actions and rules
  --map FILE        keep the map of sequential addresses in FILE, for later runs
  -M replace        anonymise each file in its place
  --verify ORIGINAL check that the files of -r are what the rules make of ORIGINAL, and
                    that no address or payload of ORIGINAL is anywhere in them

The options of ra for input and output are there too.

examples
  ranonymize --new-key secret.key
  ranonymize --key secret.key -r flows.arg -w public.arg
  ranonymize --key secret.key -r public.arg --verify flows.arg
  ranonymize --key secret.key --rules mac=vendor,ipv4=random,time=keep -r flows.arg -w -
`

type options struct {
	conf, key, maps, original string
	rules                     []string
	replace                   bool
}

func main() {
	var o options
	p := cli.Program{
		Name: "ranonymize", Usage: usage,
		Options: map[string]getopt.Arity{
			"f": getopt.One, "key": getopt.One, "new-key": getopt.One, "rules": getopt.One, "list-rules": getopt.None,
			"map": getopt.One, "verify": getopt.One,
		},
		Set: o.set, Mode: o.mode, Run: o.run,
	}
	p.Main()
}

func (o *options) set(_ *cli.Client, opt getopt.Option) error {
	v := opt.Value()
	switch opt.Name {
	case "f":
		o.conf = v
	case "key":
		o.key = v
	case "rules":
		o.rules = append(o.rules, v)
	case "map":
		o.maps = v
	case "verify":
		o.original = v
	case "list-rules":
		listRules()
		os.Exit(0)
	case "new-key":
		if err := newKey(v); err != nil {
			return err
		}
		os.Exit(0)
	}
	return nil
}

func (o *options) mode(_ *cli.Client, words []string) (int, error) {
	if words[0] == "replace" {
		o.replace = true
		return 1, nil
	}
	if _, isPart := record.DSRByName(strings.TrimLeft(words[0], "+-")); isPart {
		return 0, cli.Usagef("-M %s: parts are chosen by --rules PART=ACTION", words[0])
	}
	return 0, nil
}

func newKey(name string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%x\n", anonymize.RandomKey())
	return errors.Join(err, f.Close())
}

func listRules() {
	defaults := anonymize.DefaultRules()
	fmt.Printf("%-10s %-8s %s\n", "part", "rule", "others")
	for _, p := range anonymize.Parts() {
		rule := defaults[p]
		if rule == anonymize.Remove {
			rule = "remove"
		}
		fmt.Printf("%-10s %-8s %s\n", p, rule, anonymize.Actions(p))
	}
}

// config is what the options and the configuration file say.
func (o *options) config() (anonymize.Config, error) {
	text := []byte{}
	var err error
	if o.conf != "" {
		if text, err = os.ReadFile(o.conf); err != nil {
			return anonymize.Config{}, err
		}
	}
	c, err := anonymize.ParseConf(string(text))
	if err != nil {
		return anonymize.Config{}, cli.Usagef("%s: %w", o.conf, err)
	}
	for _, w := range c.Warnings {
		fmt.Fprintf(os.Stderr, "ranonymize: %s: %s\n", o.conf, w)
	}
	for _, r := range o.rules {
		if err := c.AddRules(r); err != nil {
			return c.Config, cli.Usagef("--rules: %w", err)
		}
	}
	if o.key != "" {
		c.KeyFile = o.key
	}
	if o.maps != "" {
		c.MapFile = o.maps
	}
	switch {
	case c.KeyFile != "":
		b, err := os.ReadFile(c.KeyFile)
		if err != nil {
			return c.Config, err
		}
		if c.Key, err = anonymize.ParseKey(b); err != nil {
			return c.Config, fmt.Errorf("%s: %w", c.KeyFile, err)
		}
	case c.Seed != "" && c.Seed != "time" && c.Seed != "crypto":
		c.Key = anonymize.SeedKey(c.Seed)
	case o.original != "":
		return c.Config, cli.Usagef("--verify: want the --key that the records were made with")
	default:
		c.Key = anonymize.RandomKey()
	}
	if c.Map = anonymize.NewAddressMap(); c.MapFile != "" {
		c.Map, err = anonymize.OpenAddressMap(c.MapFile, c.Key)
	}
	return c.Config, err
}

func (o *options) run(ctx context.Context, c *cli.Client) (err error) {
	cfg, err := o.config()
	if err != nil {
		return err
	}
	if o.original != "" {
		return o.verify(ctx, c, cfg)
	}
	defer func() { err = errors.Join(err, cfg.Map.Close()) }()
	a, err := anonymize.New(cfg)
	if err != nil {
		return &cli.UsageError{Err: err}
	}
	if !o.replace {
		return c.Put(argus.Pipe(c.Input().Records(ctx), a.Stage(), c.OutputLimit()), nil)
	}
	for _, name := range c.Files {
		if err := c.Rewrite(ctx, name, a.Stage()); err != nil {
			return err
		}
	}
	return nil
}

// verify checks the files of -r.
func (o *options) verify(ctx context.Context, c *cli.Client, cfg anonymize.Config) error {
	original := func() record.Stream {
		one := *c
		one.Files = []string{o.original}
		return one.Input().Records(ctx)
	}
	result := *c
	result.Filter = filter.MustCompile("") // that of the options is for the original
	rep, err := anonymize.Verify(original, func() record.Stream { return result.Input().Records(ctx) }, cfg)
	if err != nil {
		return err
	}
	for _, f := range rep.Findings {
		fmt.Println(f)
	}
	fmt.Printf("%d records compared; %d addresses and %d pieces of payload looked for; %d coincidences in numbers; %d findings\n",
		rep.Records, rep.Addresses, rep.Blocks, rep.Coincidences, rep.Found)
	if rep.Found > 0 {
		return errors.New("the records are not what the rules make of the original")
	}
	return nil
}
