package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// zero describes an expression that may be replaced by the zero value.
type zero struct {
	kind string
	want types.Type // the type that the place wants, or nil if it is the expression's own type
}

// expression mutates an expression, and reports whether to walk into it.
func (r *rewriter) expression(e ast.Expr) bool {
	parent, child := r.up()
	switch p := parent.(type) {
	case *ast.KeyValueExpr:
		if child == p.Key {
			return false
		}
	case *ast.SelectorExpr:
		if child == p.Sel {
			return false
		}
	case *ast.AssignStmt:
		if slices.ContainsFunc(p.Lhs, func(left ast.Expr) bool { return left == child }) {
			return false
		}
	case *ast.IncDecStmt:
		return false
	}
	typed, ok := r.info.Types[e]
	if !ok {
		return true
	}
	if typed.IsType() {
		return false
	}
	if typed.Value != nil {
		r.constant(typed.Type)
		return false
	}
	r.zero(e, typed.Type)
	r.boolean(e, typed.Type)
	switch e := e.(type) {
	case *ast.BinaryExpr:
		r.binary(e)
	case *ast.CompositeLit:
		r.literal(e, typed.Type)
	case *ast.CallExpr:
		r.variadic(e)
	}
	return true
}

// constant mutates a constant expression, by the type that it has in its place.
func (r *rewriter) constant(t types.Type) {
	basic, ok := t.Underlying().(*types.Basic)
	name, spelt := r.speller.spell(t)
	if !ok || !spelt {
		return
	}
	var function string
	switch {
	case t.String() == "time.Duration":
		function = "mutantTwice" // one nanosecond more makes no difference
	case basic.Info()&types.IsString != 0:
		function = "mutantText"
	case basic.Info()&types.IsBoolean != 0:
		function = "mutantNot"
	case basic.Info()&(types.IsInteger|types.IsFloat) != 0:
		function = "mutantNext"
	default:
		return
	}
	r.mutate("constant", function+"["+name+"]")
}

// zero puts the zero value in place of an expression that was found to be a result, a field, or the
// value of a new variable.
func (r *rewriter) zero(e ast.Expr, t types.Type) {
	z, ok := r.zeroes[e]
	if !ok || isBool(t) {
		return
	}
	if literal, ok := e.(*ast.CompositeLit); ok && len(literal.Elts) == 0 {
		return
	}
	if basic, ok := t.(*types.Basic); ok && basic.Info()&types.IsUntyped != 0 {
		return // nil
	}
	if _, ok := t.(*types.Tuple); ok {
		return
	}
	function := "mutantZero"
	if z.want != nil && types.Identical(z.want, errorType) {
		name, _ := r.speller.spell(errorType)
		function += "[" + name + "]"
	}
	r.mutate(z.kind, function)
}

var errorType = types.Universe.Lookup("error").Type()

func isBool(t types.Type) bool {
	basic, ok := t.(*types.Basic)
	return ok && basic.Info()&types.IsBoolean != 0
}

// boolean makes a condition, or another boolean value, always true and always false. From operands
// that && or || joins, it removes one after the other.
func (r *rewriter) boolean(e ast.Expr, t types.Type) {
	if _, ok := e.(*ast.ParenExpr); ok || !isBool(t) {
		return
	}
	parent, _ := r.up()
	switch p := parent.(type) {
	case *ast.BinaryExpr:
		if p.Op == token.LAND || p.Op == token.LOR {
			r.operand(e, p.Op)
			return
		}
	case *ast.UnaryExpr, *ast.StarExpr, *ast.SelectorExpr, *ast.ExprStmt, *ast.GoStmt, *ast.DeferStmt, *ast.RangeStmt:
		return
	case *ast.ForStmt:
		r.mutate("never", "mutantNever")
		return
	}
	r.mutate("always", "mutantAlways")
	r.mutate("never", "mutantNever")
}

func (r *rewriter) operand(e ast.Expr, joined token.Token) {
	if inner, ok := e.(*ast.BinaryExpr); ok && inner.Op == joined {
		return // more operands of the same operator
	}
	if joined == token.LAND {
		r.mutate("drop", "mutantAlways")
	} else {
		r.mutate("drop", "mutantNever")
	}
}

// binary changes an operator.
func (r *rewriter) binary(e *ast.BinaryExpr) {
	switch e.Op {
	case token.LAND:
		r.join(e, "mutantAnd")
		return
	case token.LOR:
		r.join(e, "mutantOr")
		return
	}
	change, ok := operators[e.Op]
	if ok && r.has(e.X, change.needs) && r.has(e.Y, change.needs) {
		r.mutate(change.kind, change.function)
		r.edits.replace(e.OpPos, len(e.Op.String()), ",")
	}
}

// join replaces && with ||, and || with &&.
func (r *rewriter) join(e *ast.BinaryExpr, function string) {
	r.wrap(fmt.Sprintf("%s(%d, ", function, r.add("swap", e)), ") })")
	r.edits.replace(e.OpPos, len(e.Op.String()), ", func() bool { return (")
}

func (r *rewriter) has(e ast.Expr, needs types.BasicInfo) bool {
	basic, ok := r.info.TypeOf(e).Underlying().(*types.Basic)
	return ok && basic.Info()&needs != 0
}

var operators = map[token.Token]struct {
	kind, function string
	needs          types.BasicInfo
}{
	token.LSS: {"boundary", "mutantLess", types.IsOrdered},
	token.GTR: {"boundary", "mutantGreater", types.IsOrdered},
	token.LEQ: {"boundary", "mutantAtMost", types.IsOrdered},
	token.GEQ: {"boundary", "mutantAtLeast", types.IsOrdered},
	token.ADD: {"arithmetic", "mutantPlus", types.IsInteger | types.IsFloat},
	token.SUB: {"arithmetic", "mutantMinus", types.IsInteger | types.IsFloat},
	token.MUL: {"arithmetic", "mutantTimes", types.IsInteger | types.IsFloat},
	token.QUO: {"arithmetic", "mutantDivided", types.IsInteger | types.IsFloat},
	token.REM: {"arithmetic", "mutantModulo", types.IsInteger},
}
