package main

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// literal deletes the rows of a map or a list, and leaves out the fields of a struct.
func (r *rewriter) literal(e *ast.CompositeLit, t types.Type) {
	switch under := t.Underlying().(type) {
	case *types.Struct:
		for i, element := range e.Elts {
			r.field(under, i, element)
		}
	case *types.Map:
		r.rows(e, t)
	case *types.Slice:
		r.elements(e, t)
	}
}

func (r *rewriter) field(in *types.Struct, i int, element ast.Expr) {
	pair, ok := element.(*ast.KeyValueExpr)
	if !ok {
		r.zeroes[element] = zero{"field", in.Field(i).Type()}
		return
	}
	name, ok := pair.Key.(*ast.Ident)
	if !ok {
		return
	}
	for field := range in.Fields() {
		if field.Name() == name.Name {
			r.zeroes[pair.Value] = zero{"field", field.Type()}
		}
	}
}

// rows deletes the rows of a map whose keys are constants.
func (r *rewriter) rows(e *ast.CompositeLit, t types.Type) {
	var keys []string
	first := len(r.mutants) + 1
	elided, ok := r.elided(e, t)
	if !ok {
		return
	}
	for _, element := range e.Elts {
		pair := element.(*ast.KeyValueExpr)
		if r.info.Types[pair.Key].Value != nil {
			r.add("row", pair.Key)
			keys = append(keys, r.text(pair.Key))
		}
	}
	if len(keys) > 0 {
		r.wrap(fmt.Sprintf("mutantRows(%d, %s", first, elided), ", "+strings.Join(keys, ", ")+")")
	}
}

func (r *rewriter) elements(e *ast.CompositeLit, t types.Type) {
	elided, ok := r.elided(e, t)
	if !ok || len(e.Elts) == 0 {
		return
	}
	for _, element := range e.Elts {
		if _, ok := element.(*ast.KeyValueExpr); ok {
			return
		}
	}
	first := len(r.mutants) + 1
	for _, element := range e.Elts {
		r.add("row", element)
	}
	r.wrap(fmt.Sprintf("mutantElements(%d, %s", first, elided), ")")
}

// elided returns the type that a literal leaves out, as it may inside another literal, and reports
// whether the literal can be the argument of a call.
func (r *rewriter) elided(e *ast.CompositeLit, t types.Type) (string, bool) {
	if parent, _ := r.up(); e.Type != nil {
		_, pointed := parent.(*ast.UnaryExpr)
		return "", !pointed
	}
	return r.speller.spell(t)
}

// variadic deletes each argument that becomes an item of a list.
func (r *rewriter) variadic(e *ast.CallExpr) {
	called := r.info.Types[e.Fun]
	signature, ok := called.Type.Underlying().(*types.Signature)
	if called.IsBuiltin() || !ok || !signature.Variadic() || e.Ellipsis.IsValid() {
		return
	}
	fixed := signature.Params().Len() - 1
	if len(e.Args) <= fixed {
		return
	}
	if _, ok := r.info.TypeOf(e.Args[0]).(*types.Tuple); ok {
		return
	}
	list, ok := r.speller.spell(signature.Params().At(fixed).Type())
	if !ok {
		return
	}
	first := len(r.mutants) + 1
	for _, argument := range e.Args[fixed:] {
		r.add("argument", argument)
	}
	r.edits.insert(e.Args[fixed].Pos(), fmt.Sprintf("mutantElements(%d, %s{", first, list))
	r.after[e.Args[len(e.Args)-1]] = "})..."
}
