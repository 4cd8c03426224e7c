package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// tiny is a module with mutants of every kind. Its tests kill all of them except some in Weak and
// Untested. Some of its variables have the same names as types.
var tiny = map[string]string{
	"go.mod": "module example.com/tiny\n\ngo 1.25\n",
	"facade/facade.go": `package facade

import (
	"errors"
	"strings"
	"time"
)

type Kind string

const (
	Refused Kind = "refused"
	limit        = 10
)

var kinds = map[int]Kind{400: Refused}

func KindOf(status int) (Kind, error) {
	if kind, ok := kinds[status]; ok {
		return kind, nil
	}
	return "", errors.New("unknown")
}

type Point struct{ X, Y int }

func Sum(numbers []int) (p Point) {
	for _, n := range numbers {
		p.X += n
	}
	return Point{X: p.X, Y: p.X *
		p.X}
}

func Between(n int) bool {
	return n >= 0 && // from here
		n < limit || n%2 == 1
}

func Words(string ...string) string { return strings.Join(string, "") }

func Join(Kind string) string {
	ending := []string{Kind[:3-len(Kind)], "b"}
	return Words(Kind, strings.Join(ending, ""))
}

func Later(d time.Duration) time.Duration {
	d += time.Second
	d += time.Second
	return d
}

func Weak(n int) bool { return n > 5 }

func Untested() error { return errors.New("x") }
`,
	"facade/facade_test.go": `package facade

import (
	"testing"
	"time"
)

func TestKindOf(t *testing.T) {
	if kind, err := KindOf(400); kind != "refused" || err != nil {
		t.Error(kind, err)
	}
	if kind, err := KindOf(401); kind != "" || err == nil || err.Error() != "unknown" {
		t.Error(kind, err)
	}
}

func TestSum(t *testing.T) {
	if sum := Sum([]int{1, 2}); sum != (Point{3, 9}) {
		t.Error(sum)
	}
}

func TestJoin(t *testing.T) {
	if joined := Join("ac"); joined != "acab" {
		t.Error(joined)
	}
}

func TestLater(t *testing.T) {
	if d := Later(time.Second); d != 3*time.Second {
		t.Error(d)
	}
}

func TestWeak(t *testing.T) {
	if Weak(4) || !Weak(7) {
		t.Error("wrong")
	}
}
`,
	"test/between_test.go": `package test

import (
	"testing"

	"example.com/tiny/facade"
)

func TestBetween(t *testing.T) {
	for n, want := range map[int]bool{-2: false, -1: false, 0: true, 2: true, 8: true, 10: false, 11: true, 12: false} {
		if facade.Between(n) != want {
			t.Error(n)
		}
	}
}
`,
}

func write(t *testing.T, files map[string]string) (root string) {
	t.Helper()
	root = t.TempDir()
	for name, text := range files {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// TestMutants runs the tests of tiny with each of its mutants.
func TestMutants(t *testing.T) {
	r, err := prepare(t.Context(), write(t, tiny), "./facade", t.TempDir(), options{workers: 2, skip: "^$", timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	now, err := r.judge(t.Context(), r.mutants)
	if err != nil {
		t.Fatal(err)
	}
	kinds, survivors, by := map[string]int{}, results{}, map[string]int{}
	for id, outcome := range now {
		kind, _, _ := strings.Cut(strings.Fields(id)[2], ":")
		kinds[kind]++
		if isKilled(outcome) {
			by[outcome]++
		} else {
			survivors[id] = outcome
		}
	}
	if diff := cmp.Diff(map[string]int{
		"always": 3, "argument": 2, "arithmetic": 3, "boundary": 3, "constant": 15, "delete": 3, "drop": 4, "field": 2,
		"loop": 1, "never": 3, "return": 7, "row": 3, "swap": 2, "value": 1,
	}, kinds); diff != "" {
		t.Errorf("mutants of each kind (- want, + got):\n%s", diff)
	}
	if diff := cmp.Diff(results{
		"facade.go Weak boundary: n > 5":                      unreached,
		"facade.go Weak constant: 5 in n > 5":                 survived,
		`facade.go Untested return: errors.New("x")`:          unreached,
		`facade.go Untested constant: "x" in errors.New("x")`: unreached,
	}, survivors); diff != "" {
		t.Errorf("survivors (- want, + got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{
		"killed by facade, TestKindOf": 8, "killed by facade, TestSum": 6, "killed by facade, TestJoin": 12,
		"killed by facade, TestLater": 5, "killed by facade, TestWeak": 2, "killed by test, TestBetween": 15,
	}, by); diff != "" {
		t.Errorf("killed (- want, + got):\n%s", diff)
	}
}

// TestIDs demands that mutants keep their ids when other code changes.
func TestIDs(t *testing.T) {
	ids := func(files map[string]string) (all []string) {
		s, err := load(t.Context(), write(t, files), "./facade")
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range rewrite(s).mutants {
			all = append(all, m.id)
		}
		return all
	}
	before := ids(tiny)
	changed := maps.Clone(tiny)
	changed["facade/facade.go"] = strings.NewReplacer(
		"&& // from here", "&&",
		"Y: p.X *\n\t\tp.X", "Y: p.X * p.X",
		"{400: Refused}", "{\n\t404: \"not found\",\n\t400: Refused,\n}",
		"type Point", "func New() int { return limit + 1 }\n\ntype Point",
	).Replace(tiny["facade/facade.go"])
	after := ids(changed)
	for _, id := range before {
		if !slices.Contains(after, id) {
			t.Errorf("gone: %s", id)
		}
	}
	if more := len(after) - len(before); more != 3 {
		t.Errorf("%d new mutants, want 3: the row, its value and limit + 1", more)
	}
}

func TestCompare(t *testing.T) {
	old := results{"a": killed + "x, TestX", "b": killed + "x, TestX", "c": survived, "d": unreached, "e": survived, "g": survived}
	now := results{"a": survived, "b": killed + "y, TestY", "c": killed + "y, TestY", "d": survived, "f": survived}
	file := filepath.Join(t.TempDir(), "old.txt")
	if err := old.write(file); err != nil {
		t.Fatal(err)
	}
	read, err := readResults(file)
	if err != nil {
		t.Fatal(err)
	}
	got := compare(read, now, []mutant{{1, "a"}, {2, "b"}, {3, "c"}, {4, "d"}, {5, "f"}, {6, "g"}})
	want := comparison{lost: []string{"a"}, won: []string{"c"}, vanished: []string{"e"}, appeared: []string{"f"}, untried: 1}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(comparison{})); diff != "" {
		t.Errorf("(- want, + got):\n%s", diff)
	}
}
