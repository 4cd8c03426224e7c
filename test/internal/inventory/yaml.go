package inventory

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Read returns the inventory in a file. It fails if the file cannot be read, or has a member that
// an inventory does not have.
func Read(file string) (*Inventory, error) {
	var v Inventory
	return &v, read(file, &v)
}

func read(file string, target any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("inventory: %w", err)
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(target); err != nil {
		return fmt.Errorf("inventory: %s: %w", file, err)
	}
	return nil
}

// Write writes the inventory to a file, in an order that keeps diffs short, and keeps the comment
// at the beginning of the file. It fails if the file cannot be written.
func (v *Inventory) Write(file string) error {
	var text bytes.Buffer
	old, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("inventory: %w", err)
	}
	for line := range bytes.Lines(old) {
		if !bytes.HasPrefix(line, []byte("#")) {
			break
		}
		text.Write(line)
	}
	e := yaml.NewEncoder(&text)
	e.SetIndent(2)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("inventory: %w", err)
	}
	if err := os.WriteFile(file, text.Bytes(), 0o644); err != nil {
		return fmt.Errorf("inventory: %w", err)
	}
	return nil
}

// MarshalYAML puts facts into one line. An enum gets one line for each value, so that a new or
// removed value is one line of a diff.
func (f Facts) MarshalYAML() (any, error) {
	type plain Facts // it lacks this method
	var node yaml.Node
	if err := node.Encode(plain(f)); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(node.Content, func(n *yaml.Node) bool { return n.Kind == yaml.SequenceNode && len(n.Content) > 1 }) {
		node.Style = yaml.FlowStyle
	}
	return &node, nil
}
