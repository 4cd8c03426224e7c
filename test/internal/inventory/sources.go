package inventory

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/kycstart/kycstart/test/internal/jsontree"
	"github.com/kycstart/kycstart/test/internal/specdoc"
)

// Read returns an inventory or the deviations in a file. It fails if the file cannot be read, or has a
// member that they do not have.
func Read[T *Inventory | Deviations](file string) (read T, err error) {
	content, err := os.ReadFile(file)
	if err == nil {
		d := yaml.NewDecoder(bytes.NewReader(content))
		d.KnownFields(true)
		err = d.Decode(&read)
	}
	if err != nil {
		return read, fmt.Errorf("inventory: %s: %w", file, err)
	}
	return read, nil
}

var comment = regexp.MustCompile(`^(#.*\n)*`)

// Write writes the inventory to a file, in an order that keeps diffs short, and keeps the comment
// at the beginning of the file. It fails if the file cannot be written.
func (v *Inventory) Write(file string) error {
	old, _ := os.ReadFile(file) // the first inventory of a source finds none
	var document yaml.Node
	if err := yaml.Unmarshal(jsontree.Encode(v), &document); err != nil { // JSON is YAML
		return fmt.Errorf("inventory: %w", err)
	}
	spread(&document)
	members := document.Content[0]
	members.Style, members.Content[len(members.Content)-1].Style = 0, 0
	content := bytes.NewBuffer(comment.Find(old))
	e := yaml.NewEncoder(content)
	e.SetIndent(2)
	if err := errors.Join(e.Encode(&document), os.WriteFile(file, content.Bytes(), 0o644)); err != nil {
		return fmt.Errorf("inventory: %w", err)
	}
	return nil
}

// spread gives each item of a list of several a line of its own, so that a new or removed value is
// one line of a diff. It reports whether the node has such a list: if not, the node is one line.
func spread(n *yaml.Node) bool {
	several := n.Kind == yaml.SequenceNode && len(n.Content) > 1
	for _, child := range n.Content {
		several = spread(child) || several
	}
	if several || n.Kind == yaml.ScalarNode {
		n.Style = 0
	}
	return several
}

// Deviations say why specs differ from their sources in some facts, by the name of the source:
// "rebilly" for the source of the start, "rebilly.GetKYCRequest" for the source of a look-up. The
// differences are in the form of [Difference.String].
type Deviations map[string][]struct {
	Reason      string
	Differences []string
}

// Drift compares a source with its spec and returns one line for each problem. It reports
// differences that are not recorded with a reason: first what contradicts the source, then what is
// new in the source, then what it no longer says. It also reports a record of a difference that no
// longer exists.
func (d Deviations) Drift(name string, source, spec *Inventory) []string {
	provider, _, _ := strings.Cut(name, ".")
	recorded := map[string]bool{} // whether with a reason; those not met yet
	for _, deviation := range d[name] {
		for _, line := range deviation.Differences {
			recorded[line] = deviation.Reason != ""
		}
	}
	const lacks, has = "lacks what is new in", "has what is not in"
	lines := map[string][]string{}
	for _, difference := range Differences(source, spec) {
		line, words := difference.String(), "contradicts"
		switch None {
		case difference.Spec:
			words = lacks
		case difference.Source:
			words = has
		}
		if !recorded[line] {
			lines[words] = append(lines[words], fmt.Sprintf("specs/%s.yaml %s specs/sources/%s.yaml: %s", provider, words, name, line))
		}
		delete(recorded, line)
	}
	var gone []string
	for _, line := range slices.Sorted(maps.Keys(recorded)) {
		gone = append(gone, fmt.Sprintf("specs/sources/deviations.yaml: %s: no difference any more, take it out: %s", name, line))
	}
	return slices.Concat(lines["contradicts"], lines[lacks], lines[has], gone)
}

// Drift compares the operations of all specs with the inventories in a folder. It fails if they
// differ in a way that the deviations there do not name, or if one of the files is missing or
// cannot be read.
func Drift(folder string) error {
	docs, err := specdoc.All()
	recorded, failed := Read[Deviations](filepath.Join(folder, "deviations.yaml"))
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	var wrong []string
	known := map[string]bool{"deviations": true}
	for _, provider := range slices.Sorted(maps.Keys(docs)) {
		specs, err := Specs(provider)
		if err != nil {
			return err
		}
		for _, spec := range specs {
			source, err := Read[*Inventory](filepath.Join(folder, spec.Source+".yaml"))
			if err != nil {
				return err
			}
			wrong = append(wrong, recorded.Drift(spec.Source, source, spec)...)
			known[spec.Source] = true
		}
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	for _, name := range append(files, slices.Sorted(maps.Keys(recorded))...) {
		if !known[strings.TrimSuffix(filepath.Base(name), ".yaml")] {
			wrong = append(wrong, "specs/sources: "+filepath.Base(name)+": no spec has such an operation: take it out")
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("change the specs to follow their sources, or record the part of each line after the file name in "+
			"specs/sources/deviations.yaml, with a reason:\n\t%s", strings.Join(wrong, "\n\t"))
	}
	return err
}
