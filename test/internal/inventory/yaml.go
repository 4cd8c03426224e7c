package inventory

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"go.yaml.in/yaml/v3"

	"github.com/kycstart/kycstart/test/internal/jsontree"
)

// Read returns the inventory in a file. It fails if the file cannot be read, or has a member that
// an inventory does not have.
func Read(file string) (*Inventory, error) {
	var v Inventory
	return &v, read(file, &v)
}

func read(file string, target any) error {
	var tree any
	content, err := os.ReadFile(file)
	if err == nil {
		err = yaml.Unmarshal(content, &tree)
	}
	if err == nil {
		content, err = json.Marshal(tree) // so that values are those of JSON
	}
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(content))
		d.DisallowUnknownFields()
		err = d.Decode(target)
	}
	if err != nil {
		return fmt.Errorf("inventory: %s: %w", file, err)
	}
	return nil
}

// Write writes the inventory to a file, in an order that keeps diffs short, and keeps the comment
// at the beginning of the file. It fails if the file cannot be written.
func (v *Inventory) Write(file string) error {
	var content bytes.Buffer
	old, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("inventory: %w", err)
	}
	for line := range bytes.Lines(old) {
		if !bytes.HasPrefix(line, []byte("#")) {
			break
		}
		content.Write(line)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(jsontree.Encode(v), &document); err != nil { // JSON is YAML
		return fmt.Errorf("inventory: %w", err)
	}
	spread(&document)
	members := document.Content[0]
	members.Style, members.Content[len(members.Content)-1].Style = 0, 0
	e := yaml.NewEncoder(&content)
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
