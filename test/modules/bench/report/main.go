// Command report measures what a start costs, and prints the tables.
//
//	go run ./report           # in test/modules/bench
//	go run ./report -h        # what else there is
package main

import "github.com/kycstart/kycstart/test/modules/bench"

func main() { bench.Main(bench.Contenders(), "") }
