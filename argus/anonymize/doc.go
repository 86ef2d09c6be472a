// Package anonymize makes records that tell nothing of who took part. It is what
// ranonymize does.
//
//	a, err := anonymize.New(anonymize.Config{Key: key, Rules: anonymize.DefaultRules()})
//	for rec, err := range a.Stage()(src.Records()) { ... }
//
// It denies by default: a record is made anew, from what a rule keeps or maps;
// what has no rule is not in it, nor is any byte that has no meaning. Mappings
// depend on the key and the value alone, so that any number of runs, files and
// machines agree, but for the sequential one, whose map is kept in a file.
// [Verify] checks a result against its original.
package anonymize
