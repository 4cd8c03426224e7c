// Package bench measures what a start through the facade costs, beside other
// ways of making the same exchange: with the bare generated client, with a
// client written by hand on net/http and encoding/json, and with net/http alone.
//
// All contenders make the same exchanges in one run, in turns, over the same
// transport. What counts are the ratios between them; the times themselves are
// the machine's. A test holds that each contender really reads the answers.
//
//	go run ./report
//
// runs it all and prints the table of goals. The contenders of other generators
// are in the folder peers, a module of its own: their code is generated there
// first, and is not kept.
package bench
