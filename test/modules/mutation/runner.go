package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// runner runs tests with the mutants of a package.
type runner struct {
	mutants  []mutant
	binaries []*binary
	workers  int

	mu sync.Mutex // for what is learned while mutants run
	// killers are the tests that killed the last mutants in a file, and in a function of it. They
	// are likely to kill the next one too.
	killers map[string][]killer
}

// killer is a test of a package.
type killer struct {
	binary *binary
	test   string
}

// prepare compiles the tests of the module at root with the mutants of the package at path, and
// runs them once without a mutant. It writes to folder.
func prepare(ctx context.Context, root, path, folder string, o options) (*runner, error) {
	skip, err := regexp.Compile(o.skip)
	if err != nil {
		return nil, err
	}
	s, err := load(ctx, root, path)
	if err != nil {
		return nil, err
	}
	changed := rewrite(s)
	overlay, err := writeOverlay(folder, s.folder, changed.files)
	if err != nil {
		return nil, err
	}
	r := &runner{mutants: changed.mutants, workers: o.workers, killers: map[string][]killer{}}
	if r.binaries, err = findTests(ctx, root, s.pkg.Path(), skip); err != nil {
		return nil, err
	}
	err = r.parallel(len(r.binaries), func(i int) error {
		file := filepath.Join(folder, "tests-"+strconv.Itoa(i))
		if err := r.binaries[i].compile(ctx, overlay, file); err != nil {
			return err
		}
		return r.binaries[i].explore(ctx, file+".reached", o.timeout)
	})
	return r, err
}

// writeOverlay writes the rewritten files of the package in target into folder. It also writes a
// file that tells the go command to use them instead, and returns the path of that file.
func writeOverlay(folder, target string, files map[string][]byte) (string, error) {
	replace := map[string]string{}
	for name, text := range files {
		written := filepath.Join(folder, name)
		if err := os.WriteFile(written, text, 0o600); err != nil {
			return "", err
		}
		replace[filepath.Join(target, name)] = written
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(folder, "overlay.json")
	return overlay, os.WriteFile(overlay, text, 0o600)
}

// judge runs the tests with one mutant after the other. If it returns an error, it also returns the
// results that it had until then.
func (r *runner) judge(ctx context.Context, chosen []mutant) (results, error) {
	now := results{}
	err := r.parallel(len(chosen), func(i int) error {
		outcome, err := r.outcome(ctx, chosen[i])
		if err != nil {
			return err
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		now[chosen[i].id] = outcome
		if len(now)%50 == 0 && len(now) < len(chosen) {
			fmt.Fprintln(os.Stderr, "so far", now.figures())
		}
		return nil
	})
	return now, err
}

// outcome runs the tests that reach a mutant, until one fails.
func (r *runner) outcome(ctx context.Context, m mutant) (string, error) {
	for _, k := range r.likely(m) {
		why, err := k.binary.kill(ctx, m.number, k.test)
		if err != nil {
			return "", err
		}
		if why != "" {
			return killed + k.binary.name + ", " + why, nil
		}
	}
	outcome := unreached
	for _, b := range r.order(m.number) {
		began := time.Now()
		why, err := b.kill(ctx, m.number, "")
		if err != nil {
			return "", err
		}
		r.learn(m, b, why, time.Since(began))
		if why != "" {
			return killed + b.name + ", " + why, nil
		}
		outcome = survived
	}
	return outcome, nil
}

// places returns the file and the function of a mutant, as keys of killers.
func (m mutant) places() []string {
	words := strings.SplitN(m.id, " ", 3)
	return []string{words[0] + " " + words[1], words[0]}
}

// maxKillers is how many tests are tried by themselves for each place.
const maxKillers = 2

// learn stores what the tests of b did with a mutant.
func (r *runner) learn(m mutant, b *binary, why string, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	b.spent += took
	if why == "" {
		return
	}
	b.kills++
	if strings.Contains(why, " ") {
		return // not the name of a test
	}
	for _, place := range m.places() {
		list := slices.Insert(r.killers[place], 0, killer{b, why})
		r.killers[place] = list[:min(len(list), maxKillers)]
	}
}

// likely returns the tests that killed the last mutants near this one.
func (r *runner) likely(m mutant) (all []killer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, place := range m.places() {
		for _, k := range r.killers[place] {
			if k.binary.reaches[m.number] && !slices.Contains(all, k) {
				all = append(all, k)
			}
		}
	}
	return all
}

// order returns the tests that reach a mutant. Those that killed the most in their time come first.
func (r *runner) order(number int) []*binary {
	r.mu.Lock()
	defer r.mu.Unlock()
	worth := map[*binary]float64{}
	var reaching []*binary
	for _, b := range r.binaries {
		if b.reaches[number] {
			worth[b] = float64(b.kills+1) / (b.spent + b.normal).Seconds()
			reaching = append(reaching, b)
		}
	}
	slices.SortFunc(reaching, func(a, b *binary) int { return cmp.Compare(worth[b], worth[a]) })
	return reaching
}

// parallel calls f for 0..n-1, with as many workers as r has, until one call fails. It returns the
// first error.
func (r *runner) parallel(n int, f func(i int) error) error {
	var mu sync.Mutex
	var first error
	next := 0
	take := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		next++
		return next - 1, next <= n && first == nil
	}
	var workers sync.WaitGroup
	for range r.workers {
		workers.Go(func() {
			for i, ok := take(); ok; i, ok = take() {
				if err := f(i); err != nil {
					mu.Lock()
					first = cmp.Or(first, err)
					mu.Unlock()
				}
			}
		})
	}
	workers.Wait()
	return first
}
