package capture_test

import "flag"

var showSets = flag.Bool("sets", false, "print the flow sets that differ")
