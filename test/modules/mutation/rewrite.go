package main

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// mutant is one change to the source. Its number switches it on.
type mutant struct {
	number int // from 1
	id     string
}

// rewritten is a package in which the environment chooses a mutant.
type rewritten struct {
	files   map[string][]byte // by name
	mutants []mutant
}

//go:embed switch.go.txt
var switchText string

// rewrite puts a switch at each place of a package that a mutant changes. It adds no lines. It does
// not mutate what cannot be switched while a program runs: declarations of constants (although
// their uses are mutated), types and struct tags.
func rewrite(s *source) *rewritten {
	r := &rewriter{source: s, speller: speller{home: s.pkg}, ids: map[string]int{}}
	out := &rewritten{files: map[string][]byte{}}
	for _, f := range s.files {
		out.files[f.name] = r.rewrite(f)
	}
	out.files["zz_mutant_switch.go"] = []byte(strings.Replace(switchText, "package mutant", "package "+s.pkg.Name(), 1))
	out.files["zz_mutant_types.go"] = r.speller.file()
	out.mutants = r.mutants
	return out
}

type rewriter struct {
	*source
	speller speller
	mutants []mutant
	ids     map[string]int // how often each one occurred

	file  file
	stack []*frame // the current node, and those around it
	edits edits
	// zeroes are the expressions that the zero value replaces.
	zeroes map[ast.Expr]zero
	// after is written after a node, and after everything else that is written there.
	after map[ast.Node]string
}

// frame is a node that is being walked through.
type frame struct {
	node ast.Node
	// behind are the texts to write after the node, the closest one first.
	behind []string
}

func (r *rewriter) rewrite(f file) []byte {
	r.file, r.edits, r.zeroes = f, edits{fset: r.fset}, map[ast.Expr]zero{}
	r.after = map[ast.Node]string{}
	for _, declaration := range f.tree.Decls {
		ast.Inspect(declaration, func(n ast.Node) bool {
			if n == nil {
				r.leave()
				return false
			}
			r.stack = append(r.stack, &frame{node: n})
			into := r.enter(n)
			if !into {
				r.leave()
			}
			return into
		})
	}
	return r.edits.in(f.text)
}

func (r *rewriter) leave() {
	last := r.stack[len(r.stack)-1]
	r.stack = r.stack[:len(r.stack)-1]
	for _, text := range last.behind {
		r.edits.insert(last.node.End(), text)
	}
	if text, ok := r.after[last.node]; ok {
		r.edits.insert(last.node.End(), text)
	}
}

// wrap writes text around the current node, inside the text that was written around it before.
func (r *rewriter) wrap(before, behind string) {
	top := r.stack[len(r.stack)-1]
	r.edits.insert(top.node.Pos(), before)
	top.behind = slices.Insert(top.behind, 0, behind)
}

// mutate adds a mutant of the current node, as a call of a function of the switch. Its arguments
// are the mutant's number and the node.
func (r *rewriter) mutate(kind, function string) {
	r.wrap(fmt.Sprintf("%s(%d, ", function, r.add(kind, r.stack[len(r.stack)-1].node)), ")")
}

// up returns the node around the current one, and which of its children the current one is.
// Parentheses count as part of what they contain.
func (r *rewriter) up() (parent, child ast.Node) {
	at := len(r.stack) - 1
	for at > 0 {
		if _, ok := r.stack[at-1].node.(*ast.ParenExpr); !ok {
			break
		}
		at--
	}
	if at == 0 {
		return nil, r.stack[at].node
	}
	return r.stack[at-1].node, r.stack[at].node
}

// enter mutates the current node, and reports whether to walk into it.
func (r *rewriter) enter(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GenDecl:
		return n.Tok == token.VAR
	case ast.Stmt:
		r.statement(n)
	case ast.Expr:
		return r.expression(n)
	}
	return true
}

// statement mutates a statement that is in a list of statements.
func (r *rewriter) statement(s ast.Stmt) {
	parent, _ := r.up()
	listed := false
	switch p := parent.(type) {
	case *ast.BlockStmt, *ast.CaseClause:
		listed = true
	case *ast.CommClause:
		listed = s != p.Comm
	}
	if listed && r.deletable(s) {
		r.wrap(fmt.Sprintf("if mutantRuns(%d) { ", r.add("delete", s)), " }")
	}
	switch s := s.(type) {
	case *ast.AssignStmt:
		if listed && s.Tok == token.DEFINE && len(s.Lhs) == len(s.Rhs) {
			for _, e := range s.Rhs {
				r.zeroes[e] = zero{"value", nil}
			}
		}
	case *ast.ReturnStmt:
		results := r.signature().Results()
		if len(s.Results) == results.Len() {
			for i, e := range s.Results {
				r.zeroes[e] = zero{"return", results.At(i).Type()}
			}
		}
	case *ast.RangeStmt:
		switch r.info.TypeOf(s.X).Underlying().(type) {
		case *types.Slice, *types.Map, *types.Basic:
			r.zeroes[s.X] = zero{"loop", nil}
		}
	}
}

// deletable reports whether the code compiles without s, if nothing else changes.
func (r *rewriter) deletable(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.AssignStmt:
		return s.Tok != token.DEFINE
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		if !ok {
			return true
		}
		name, ok := call.Fun.(*ast.Ident)
		return !ok || name.Name != "panic" // it may replace a return
	case *ast.BranchStmt:
		return s.Tok == token.BREAK || s.Tok == token.CONTINUE
	case *ast.ReturnStmt:
		return r.signature().Results().Len() == 0
	case *ast.IncDecStmt, *ast.SendStmt, *ast.GoStmt, *ast.DeferStmt:
		return true
	default:
		return false
	}
}

// signature returns the signature of the innermost function around the current node.
func (r *rewriter) signature() *types.Signature {
	for _, f := range slices.Backward(r.stack) {
		switch n := f.node.(type) {
		case *ast.FuncLit:
			return r.info.TypeOf(n).(*types.Signature)
		case *ast.FuncDecl:
			return r.info.Defs[n.Name].Type().(*types.Signature)
		}
	}
	panic("mutation: a return outside of any function")
}
