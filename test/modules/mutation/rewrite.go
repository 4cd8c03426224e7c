package main

import (
	"cmp"
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// mutant is one change to the source, which its number switches on.
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

// rewrite puts a switch at each place of a package that a mutant changes. It
// adds no lines. What cannot be switched while a program runs is not mutated:
// declarations of constants (their uses are), types and struct tags.
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
	ids     map[string]int // how often each came

	file  file
	stack []*frame // the node at hand, and those around it
	edits []edit
	// zeroes are the expressions in whose place the zero value is put.
	zeroes map[ast.Expr]zero
	// after is written behind a node, and behind all else that is written there.
	after map[ast.Node]string
}

// frame is a node that is being walked through.
type frame struct {
	node ast.Node
	// behind are written behind the node, the first one closest to it.
	behind []string
}

// edit puts text in place of the bytes from..to of the source.
type edit struct {
	from, to int
	text     string
}

// zero is what is known of an expression that may become the zero value.
type zero struct {
	kind string
	want types.Type // of the place where the expression stands, nil if it is the expression's own
}

func (r *rewriter) rewrite(f file) []byte {
	r.file, r.edits, r.zeroes = f, nil, map[ast.Expr]zero{}
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
	// Of edits at one place, that of the outer node was made first in front of it,
	// and last behind it. What is behind an operand precedes the operator.
	slices.SortStableFunc(r.edits, func(a, b edit) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to))
	})
	var out []byte
	at := 0
	for _, e := range r.edits {
		out = append(append(out, f.text[at:e.from]...), e.text...)
		at = e.to
	}
	return append(out, f.text[at:]...)
}

func (r *rewriter) leave() {
	last := r.stack[len(r.stack)-1]
	r.stack = r.stack[:len(r.stack)-1]
	for _, text := range last.behind {
		r.insert(last.node.End(), text)
	}
	if text, ok := r.after[last.node]; ok {
		r.insert(last.node.End(), text)
	}
}

func (r *rewriter) insert(at token.Pos, text string) {
	offset := r.fset.Position(at).Offset
	r.edits = append(r.edits, edit{offset, offset, text})
}

func (r *rewriter) replace(at token.Pos, length int, text string) {
	offset := r.fset.Position(at).Offset
	r.edits = append(r.edits, edit{offset, offset + length, text})
}

// wrap writes text around the node at hand, inside of what was written around
// it before.
func (r *rewriter) wrap(before, behind string) {
	top := r.stack[len(r.stack)-1]
	r.insert(top.node.Pos(), before)
	top.behind = slices.Insert(top.behind, 0, behind)
}

// mutate adds a mutant of the node at hand, as a call of a function of the
// switch with its number and the node.
func (r *rewriter) mutate(kind, function string) {
	r.wrap(fmt.Sprintf("%s(%d, ", function, r.add(kind, r.stack[len(r.stack)-1].node)), ")")
}

// up returns the node around the one at hand, and which child of it that is.
// Parentheses count as part of what is inside.
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

// enter mutates the node at hand, and reports whether to walk into it.
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

// statement mutates a statement that stands in a list of them.
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

// deletable reports whether the code compiles without s, if nothing else
// changes.
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
		return !ok || name.Name != "panic" // may stand for a return
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

// signature is that of the innermost function around the node at hand.
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

// constant mutates a constant expression, by the type that it has where it
// stands.
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

// zero puts the zero value in place of an expression that was found to be a
// result, a field, or the value of a new variable.
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

// boolean makes a condition, or another boolean value, always true and always
// false. Of what && and || join, it takes one after the other away.
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
		return // more operands of the same
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
		r.replace(e.OpPos, len(e.Op.String()), ",")
	}
}

// join makes && of || and the other way round.
func (r *rewriter) join(e *ast.BinaryExpr, function string) {
	r.wrap(fmt.Sprintf("%s(%d, ", function, r.add("swap", e)), ") })")
	r.replace(e.OpPos, len(e.Op.String()), ", func() bool { return (")
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

// literal deletes the rows of a map or a list, and leaves the fields of a struct
// at zero.
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

// rows are those of a map whose keys are constants.
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

// elided returns the type that a literal leaves out, as it may inside of another
// one, and reports whether the literal can stand in a call.
func (r *rewriter) elided(e *ast.CompositeLit, t types.Type) (string, bool) {
	if parent, _ := r.up(); e.Type != nil {
		_, pointed := parent.(*ast.UnaryExpr)
		return "", !pointed
	}
	return r.speller.spell(t)
}

// variadic deletes each of the arguments that become a list.
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
	r.insert(e.Args[fixed].Pos(), fmt.Sprintf("mutantElements(%d, %s{", first, list))
	r.after[e.Args[len(e.Args)-1]] = "})..."
}
