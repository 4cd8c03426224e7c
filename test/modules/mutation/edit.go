package main

import (
	"cmp"
	"go/token"
	"slices"
)

// edit replaces the bytes from..to of the source with text.
type edit struct {
	from, to int
	text     string
}

// edits are the changes to one file, in the order in which they were found.
type edits struct {
	fset *token.FileSet
	all  []edit
}

func (e *edits) insert(at token.Pos, text string) { e.replace(at, 0, text) }

func (e *edits) replace(at token.Pos, length int, text string) {
	offset := e.fset.Position(at).Offset
	e.all = append(e.all, edit{offset, offset + length, text})
}

// in returns the text of the file with all edits made.
func (e *edits) in(text []byte) []byte {
	// Edits may share a place. Before a node, the outer node's edit was made first; after it, the
	// outer node's was made last. Text after an operand comes before the operator.
	slices.SortStableFunc(e.all, func(a, b edit) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to))
	})
	var out []byte
	at := 0
	for _, edit := range e.all {
		out = append(append(out, text[at:edit.from]...), edit.text...)
		at = edit.to
	}
	return append(out, text[at:]...)
}
