package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"go/ast"
	"go/printer"
	"go/types"
	"slices"
	"strings"
)

// maxText is the longest text of a node, in bytes, that an id holds completely.
const maxText = 80

// add adds a mutant of the current node or one of its children, and returns the mutant's number.
// The id consists of the file, the function, the kind, the source text with the text around it, and
// a count if all of these occur again. It therefore stays the same when other code changes.
func (r *rewriter) add(kind string, n ast.Node) int {
	text := shortened(r.text(n))
	if around := r.around(n); around != text {
		text += " in " + around
	}
	id := fmt.Sprintf("%s %s %s: %s", r.file.name, r.scope(), kind, text)
	r.ids[id]++
	if count := r.ids[id]; count > 1 {
		id += fmt.Sprintf(" #%d", count)
	}
	number := len(r.mutants) + 1
	r.mutants = append(r.mutants, mutant{number, id})
	return number
}

// scope returns the function or the variable that the current node belongs to.
func (r *rewriter) scope() string {
	for _, f := range r.stack {
		switch n := f.node.(type) {
		case *ast.FuncDecl:
			name := n.Name.Name
			if n.Recv != nil {
				name = strings.TrimLeft(r.text(n.Recv.List[0].Type), "*") + "." + name
			}
			return name
		case *ast.ValueSpec:
			return n.Names[0].Name
		}
	}
	return ""
}

// around returns the text of the longest expression around n that is short enough and within the
// same row of a table.
func (r *rewriter) around(n ast.Node) string {
	text := shortened(r.text(n))
	for _, f := range slices.Backward(r.stack) {
		switch around := f.node.(type) {
		case *ast.FuncLit:
			return text
		case *ast.CompositeLit:
			if _, ok := r.info.TypeOf(around).Underlying().(*types.Struct); !ok && around.Type != nil {
				return text
			}
		case ast.Expr:
		case *ast.ReturnStmt:
			if len(around.Results) == 1 {
				return text
			}
		default:
			return text
		}
		longer := r.text(f.node)
		if len(longer) > maxText {
			return text
		}
		text = longer
	}
	return text
}

// text returns the source of a node in one line, without comments.
func (r *rewriter) text(n ast.Node) string {
	var text bytes.Buffer
	if err := printer.Fprint(&text, r.fset, n); err != nil {
		panic(err) // the syntax tree was parsed, so it can be printed
	}
	return strings.Join(strings.Fields(text.String()), " ")
}

// shortened returns the text, or its beginning and a hash of it if it is too long.
func shortened(text string) string {
	if len(text) <= maxText {
		return text
	}
	return strings.ToValidUTF8(text[:maxText-10], "") + fmt.Sprintf("… %x", sha256.Sum256([]byte(text)))[:12]
}
