package archive

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/record"
)

// Config says how a stream is divided. At most one of Every, Count, Size and
// Flow is set; without any, a file is named by what its template makes of the
// fields of records.
type Config struct {
	// Name is the template of the names of files: parts of the time at which
	// the period of a file begins, as strftime has them (%Y %m %d %H %M %S ...),
	// and values of fields ($srcid, $proto, ...). Directories are made as needed.
	// With Every and no time in it, ".%Y.%m.%d.%H.%M.%S" is appended; with Size
	// and Flow, and with Count and a template that is plain text, letters are:
	// aa, ab, ac.
	Name string

	Every Period                    // a file for each period
	Count int64                     // a file for each so many records, management records included
	Size  int64                     // files of at most so many bytes, unless one record is larger
	Flow  func(*record.Record) bool // a record for which it is true begins a file

	Whole    bool           // records are not cut at the borders of periods
	Letters  int            // width of the letters; 0 is 2
	Zone     *time.Location // nil is the local one
	Registry *record.Registry

	// Hold is how long after the end of its period a file is kept for records
	// that come late, by the time of the records; 0 is until Close. A record for
	// a file that is closed is appended to it, so that nothing is lost.
	Hold time.Duration
	// MaxOpen is how many files are open at a time; 0 is 128. Those not used for
	// the longest time are closed, and opened again as needed.
	MaxOpen int
	// Suffix is appended to the name of a new file until it is complete, such as
	// ".part"; a file that exists is appended to under its own name.
	Suffix string
	// Options of the files.
	Options []argus.CreateOption

	// Done is called with the name of each file that is complete, one at a time
	// and in their order, but beside the stream, which does not wait. Its errors
	// go to Failed, which must not be nil then, and do not end the stream.
	Done   func(name string) error
	Failed func(name string, err error)
}

// Writer divides records over files. It belongs to one goroutine.
type Writer struct {
	cfg   Config
	name  *template
	text  record.TextOptions
	split record.Splitter

	files   map[string]*file // by values and start of the period
	current *file            // the last one that was written
	recent  list             // open files
	waiting []*file          // with a period, to be closed in time
	head    *record.Record   // START record of the stream
	timed   bool             // records are filed by their time
	number  int64            // of letters
	written int64
	latest  int64 // time of the latest record
	key     []byte
	hook    *hook
	err     error
}

const (
	defaultOpen    = 128
	defaultLetters = 2
)

// New checks a configuration.
func New(cfg Config) (*Writer, error) {
	set := 0
	for _, is := range []bool{cfg.Every != Period{}, cfg.Count != 0, cfg.Size != 0, cfg.Flow != nil} {
		if is {
			set++
		}
	}
	switch {
	case set > 1:
		return nil, errors.New("archive: want one of a period, a count, a size and a filter")
	case cfg.Count < 0 || cfg.Size < 0 || cfg.MaxOpen < 0 || cfg.Letters < 0 || cfg.Letters > 8 || cfg.Hold < 0:
		return nil, errors.New("archive: a number is out of its range")
	case cfg.Name == "":
		return nil, errors.New("archive: the files have no name")
	case cfg.Done != nil && cfg.Failed == nil:
		return nil, errors.New("archive: Done without Failed")
	}
	w := &Writer{cfg: cfg, files: map[string]*file{}}
	if w.cfg.Registry == nil {
		w.cfg.Registry = record.Attributes()
	}
	if w.cfg.Zone == nil {
		w.cfg.Zone = time.Local
	}
	if w.cfg.MaxOpen == 0 {
		w.cfg.MaxOpen = defaultOpen
	}
	if w.cfg.Letters == 0 {
		w.cfg.Letters = defaultLetters
	}
	w.timed = cfg.Every != Period{}
	w.text.Location = w.cfg.Zone
	var err error
	if w.name, err = parseTemplate(cfg.Name, w.cfg.Registry); err != nil {
		return nil, err
	}
	if cfg.Every != (Period{}) && !w.name.timed {
		stamp, _ := parseTemplate(strings.TrimSuffix(".", cfg.Name[len(cfg.Name)-1:])+"%Y.%m.%d.%H.%M.%S", w.cfg.Registry)
		w.name.parts = append(w.name.parts, stamp.parts...)
		w.name.timed = true
	}
	if cfg.Done != nil {
		w.hook = startHook(cfg.Done, cfg.Failed)
	}
	return w, nil
}

// lettered reports whether letters follow the name.
func (w *Writer) lettered() bool {
	return w.cfg.Size > 0 || w.cfg.Flow != nil || w.cfg.Count > 0 && !w.name.timed && len(w.name.fields) == 0
}

// Written is the number of records, or pieces of them, that were written to
// files.
func (w *Writer) Written() int64 { return w.written }

// Write puts a record into its file, or its pieces into theirs. Each file begins
// with the START management record of the stream. An error of a file stays.
func (w *Writer) Write(r *record.Record) error {
	if w.err != nil {
		return w.err
	}
	if r.Kind() == record.Management && r.Cause() == record.Start && w.head == nil {
		w.head = r.Clone()
		return nil
	}
	if w.cfg.Every != (Period{}) && !w.cfg.Whole {
		w.err = w.split.Split(r, w.borders, w.put)
	} else {
		w.err = w.put(r)
	}
	return w.err
}

// borders are those of the period that a time lies in.
func (w *Writer) borders(t int64) (start, end int64) {
	if c := w.current; c != nil && t >= c.start && t < c.end {
		return c.start, c.end
	}
	return w.cfg.Every.Borders(t, w.cfg.Zone)
}

// timeOf is the time by which a record is filed.
func timeOf(r *record.Record) int64 {
	if r.Kind() == record.Management {
		return r.Management().Now
	}
	return int64(r.StartTime())
}

// put writes a record, or a piece of one, that belongs into one file.
func (w *Writer) put(r *record.Record) error {
	t := int64(0)
	if w.timed {
		t = timeOf(r)
	}
	f, err := w.fileOf(r, t)
	if err != nil {
		return err
	}
	if err := w.write(f, r); err != nil {
		return err
	}
	w.written++
	if t > w.latest {
		w.latest = t
		return w.closeDue()
	}
	return nil
}

// fileOf finds the file that a record belongs into.
func (w *Writer) fileOf(r *record.Record, t int64) (*file, error) {
	c := w.current
	fields := len(w.name.fields) > 0
	if c != nil && !fields && t >= c.start && t < c.end && !w.ends(c, r) {
		return c, nil
	}
	start, end := int64(minTime), int64(maxTime)
	if w.cfg.Every != (Period{}) {
		start, end = w.borders(t)
	}
	w.key = w.key[:0]
	for shift := 0; shift < 64; shift += 8 {
		w.key = append(w.key, byte(start>>shift))
	}
	values := len(w.key)
	if fields {
		w.key = w.name.values(w.key, r, &w.text)
	}
	f := w.files[string(w.key)]
	switch {
	case f == nil:
	case w.ends(f, r):
		if err := w.finish(f); err != nil {
			return nil, err
		}
		delete(w.files, f.key)
		f = nil
	}
	if f == nil {
		f = w.begin(start, end, r, values)
	}
	w.current = f
	return f, nil
}

const (
	minTime = -1 << 63
	maxTime = 1<<63 - 1
)

// ends reports whether a record is to begin a file after f.
func (w *Writer) ends(f *file, r *record.Record) bool {
	switch {
	case w.cfg.Count > 0:
		return f.records >= w.cfg.Count
	case w.cfg.Size > 0:
		return f.records > 0 && f.bytes+int64(len(r.Bytes())) > w.cfg.Size
	case w.cfg.Flow != nil:
		return f.records > 0 && w.cfg.Flow(r)
	}
	return false
}

// begin makes a file known; it is opened at the first write.
func (w *Writer) begin(start, end int64, r *record.Record, values int) *file {
	when := time.Unix(0, start).In(w.cfg.Zone)
	if w.cfg.Every == (Period{}) {
		when = time.Unix(0, timeOf(r)).In(w.cfg.Zone)
	}
	f := &file{key: string(w.key), name: w.name.name(when, w.key[values:]), start: start, end: end}
	if w.lettered() {
		f.name += letters(w.number, w.cfg.Letters)
		w.number++
	}
	if w.head != nil {
		f.bytes = int64(len(w.head.Bytes()))
		if w.written == 0 && w.cfg.Count > 1 {
			f.records = 1 // the START record that opened the stream
		}
	}
	w.files[f.key] = f
	if end != maxTime {
		w.waiting = append(w.waiting, f)
	}
	return f
}

// closeDue closes the files whose time is over.
func (w *Writer) closeDue() error {
	if w.cfg.Hold == 0 || len(w.waiting) == 0 {
		return nil
	}
	keep := w.waiting[:0]
	var errs error
	for _, f := range w.waiting {
		if f.end+int64(w.cfg.Hold) > w.latest {
			keep = append(keep, f)
			continue
		}
		errs = errors.Join(errs, w.finish(f))
		delete(w.files, f.key)
		if w.current == f {
			w.current = nil
		}
	}
	w.waiting = keep
	return errs
}

// Close completes all files, and waits for Done.
func (w *Writer) Close() error {
	if w.hook != nil {
		defer w.hook.close()
	}
	failed := w.err != nil
	first, more := w.err, 0
	for _, f := range w.inOrder() {
		end := w.finish
		if failed {
			end = w.closeFile // what could not be written is not complete
		}
		switch err := end(f); {
		case err == nil:
		case first == nil:
			first = err
		default:
			more++
		}
	}
	if more > 0 {
		first = fmt.Errorf("%w, and %d more files are not complete", first, more)
	}
	w.files, w.current, w.waiting = map[string]*file{}, nil, nil
	if w.err == nil {
		w.err = os.ErrClosed
	}
	return first
}

// mkdirFor makes the directories of a file.
func mkdirFor(name string) error {
	if dir := filepath.Dir(name); dir != "." {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return fmt.Errorf("archive: %w", err)
		}
	}
	return nil
}
