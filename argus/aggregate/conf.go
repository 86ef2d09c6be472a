package aggregate

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Conf is a configuration of several aggregators, as racluster.conf has them: a
// record goes to the first whose filter it passes, and on to the next if that
// one says so. What no line takes goes to a last aggregator that takes all.
type Conf struct {
	Name  string // RACLUSTER_MODEL_NAME
	Lines []ConfLine
	Last  ConfLine // of the aggregator behind all lines
}

// ConfLine is one aggregator. A zero Metric is the duration.
type ConfLine struct {
	Number   int    // of the line in the file
	Filter   string // empty matches all
	Grep     string // regular expression for the label; empty matches all
	Model    string // key; with HasModel unset that of the command line
	HasModel bool
	Label    string // added to the records
	Status   time.Duration
	Idle     time.Duration
	Continue bool // the record goes on to the next line

	Preserve Setting
	Report   Setting // aggregation statistics in the results
	Correct  Setting
	Metric   string
}

// Setting is a variable that may be left to its default.
type Setting uint8

// The settings.
const (
	Unset Setting = iota
	Yes
	No
)

// ParseConf reads a configuration. Lines are variables (RACLUSTER_...=value),
// which hold for all lines behind them, and aggregators:
//
//	filter="udp" model="saddr daddr proto" status=20s idle=10s label="dns" grep="x" cont
//
// Blank lines and those that begin with "#", "!" or a quotation mark mean
// nothing. Errors name the line.
func ParseConf(r io.Reader) (*Conf, error) {
	c := new(Conf)
	var now ConfLine // the variables that hold
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 0, 1<<12), 1<<20)
	n := 0
	for in.Scan() {
		n++
		line := strings.TrimSpace(in.Text())
		if line == "" || strings.ContainsRune(`#!"`, rune(line[0])) {
			continue
		}
		var err error
		if strings.HasPrefix(line, "RACLUSTER_") {
			err = c.variable(line, &now)
		} else {
			l := now
			l.Number = n
			if err = l.parse(line); err == nil {
				c.Lines = append(c.Lines, l)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("aggregate: line %d: %w", n, err)
		}
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("aggregate: line %d: %w", n+1, err)
	}
	c.Last = now
	return c, nil
}

func (c *Conf) variable(line string, now *ConfLine) error {
	name, value, ok := strings.Cut(line, "=")
	if !ok {
		return fmt.Errorf("%q: want NAME=value", line)
	}
	value = strings.Trim(strings.TrimSpace(value), `"`)
	var err error
	switch strings.TrimSpace(name) {
	case "RACLUSTER_MODEL_NAME":
		c.Name = value
	case "RACLUSTER_PRESERVE_FIELDS":
		now.Preserve, err = yesNo(value)
	case "RACLUSTER_REPORT_AGGREGATION":
		now.Report, err = yesNo(value)
	case "RACLUSTER_AUTO_CORRECTION":
		now.Correct, err = yesNo(value)
	case "RACLUSTER_AGG_METRIC":
		now.Metric = strings.TrimSpace(value)
	default:
		return fmt.Errorf("there is no variable %s", name)
	}
	return err
}

func yesNo(value string) (Setting, error) {
	switch strings.ToLower(value) {
	case "yes":
		return Yes, nil
	case "no":
		return No, nil
	}
	return Unset, fmt.Errorf("%q: want yes or no", value)
}

// parse reads the items of an aggregator in any order.
func (l *ConfLine) parse(line string) error {
	for rest := line; rest != ""; {
		end := strings.IndexAny(rest, "= \t")
		if end < 0 {
			end = len(rest)
		}
		word := rest[:end]
		rest = strings.TrimSpace(rest[end:])
		if word == "cont" {
			l.Continue = true
			continue
		}
		if !strings.HasPrefix(rest, "=") {
			return fmt.Errorf("%q: want filter, grep, model, label, status, idle or cont", word)
		}
		value, quoted, tail, err := confValue(strings.TrimSpace(rest[1:]))
		if err != nil {
			return fmt.Errorf("%s: %w", word, err)
		}
		if err := l.set(word, value, quoted); err != nil {
			return err
		}
		rest = tail
	}
	return nil
}

// confValue reads a quoted text or a word.
func confValue(s string) (value string, quoted bool, rest string, err error) {
	if !strings.HasPrefix(s, `"`) {
		value, rest, _ = strings.Cut(s, " ")
		return value, false, strings.TrimSpace(rest), nil
	}
	value, rest, ok := strings.Cut(s[1:], `"`)
	if !ok {
		return "", true, "", fmt.Errorf(`want a " at the end of %s`, s)
	}
	return value, true, strings.TrimSpace(rest), nil
}

func (l *ConfLine) set(word, value string, quoted bool) error {
	var err error
	switch word {
	case "status":
		l.Status, err = confTime(value)
		return err
	case "idle":
		l.Idle, err = confTime(value)
		return err
	}
	if !quoted {
		return fmt.Errorf(`%s=%s: want the value in quotation marks`, word, value)
	}
	switch word {
	case "filter":
		l.Filter = value
	case "grep":
		l.Grep = value
	case "model":
		l.Model, l.HasModel = value, true
	case "label":
		l.Label = value
	default:
		return fmt.Errorf("%q: want filter, grep, model, label, status, idle or cont", word)
	}
	return nil
}

// confTime reads a whole number with s, m, h or d behind it.
func confTime(text string) (time.Duration, error) {
	scale := time.Second
	number := strings.TrimRight(text, "smhd")
	switch text[len(number):] {
	case "", "s":
	case "m":
		scale = time.Minute
	case "h":
		scale = time.Hour
	case "d":
		scale = 24 * time.Hour
	default:
		number = ""
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || int64(n) > int64(1<<31)/int64(scale/time.Second) {
		return 0, fmt.Errorf("time %q: want a whole number and s, m, h or d", text)
	}
	return time.Duration(n) * scale, nil
}
