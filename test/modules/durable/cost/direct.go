package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"example.test/durable/child"
	"example.test/durable/ledger"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

// direct measures starts without a queue, with the same number of processes.
func direct(processes int) (float64, error) {
	world, err := sandbox.Start(nil)
	if err != nil {
		return 0, err
	}
	defer world.Close()
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	var all []*exec.Cmd
	var ready []*bufio.Reader
	for i := range processes {
		c := exec.Command(self, "-role=direct", fmt.Sprint("-jobs=", *jobs))
		c.Env, c.Stderr = append(append(os.Environ(), environment(world)...), fmt.Sprint("FIRST=", i), fmt.Sprint("STEP=", processes)), os.Stderr
		stdout, err := c.StdoutPipe()
		if err != nil {
			return 0, err
		}
		if c.Stdin, err = nil, child.Start(c); err != nil {
			return 0, err
		}
		all, ready = append(all, c), append(ready, bufio.NewReader(stdout))
	}
	for _, r := range ready {
		if _, err := r.ReadString('\n'); err != nil {
			return 0, err
		}
	}
	began := time.Now()
	for _, c := range all {
		if err := c.Process.Signal(syscall.SIGUSR1); err != nil {
			return 0, err
		}
	}
	for _, c := range all {
		if err := c.Wait(); err != nil {
			return 0, err
		}
	}
	return float64(*jobs) / time.Since(began).Seconds(), nil
}

// startDirectly is a process that makes its share of the starts as soon as it is told to. Like the
// worker, it first makes a look-up, at the providers where the worker does so.
func startDirectly(ctx context.Context) error {
	config := facade.Config{}
	for _, d := range fixtures.Descriptors() {
		d.Configure(&config, os.Getenv(strings.ToUpper(string(d.Provider))+"_URL"))
	}
	client, err := facade.New(config)
	if err != nil {
		return err
	}
	var first, step int
	if _, err := fmt.Sscan(os.Getenv("FIRST"), &first); err != nil {
		return err
	}
	if _, err := fmt.Sscan(os.Getenv("STEP"), &step); err != nil {
		return err
	}
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGUSR1)
	fmt.Println("ready")
	<-told
	next := make(chan int)
	failures := make(chan error, *jobs)
	var all sync.WaitGroup
	for range calls {
		all.Go(func() {
			for n := range next {
				c := customer(n)
				req, err := ledger.Fetch(ctx, c.Request())
				if err == nil && (c.Provider == facade.Vault || c.Provider == facade.XGateway) {
					_, err = client.Find(ctx, req, facade.Attempt{})
				}
				if err == nil {
					_, err = client.Start(ctx, req)
				}
				failures <- err
			}
		})
	}
	for n := first; n < *jobs; n += step {
		next <- n
	}
	close(next)
	all.Wait()
	close(failures)
	for err := range failures {
		if err != nil {
			return err
		}
	}
	return nil
}
