//go:build race

package filter

// raceDetector says that the race detector is on: pools then lose what they hold.
const raceDetector = true
