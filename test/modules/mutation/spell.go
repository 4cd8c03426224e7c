package main

import (
	"fmt"
	"go/types"
	"slices"
	"strings"
)

// speller writes types into the source of a package. It gives each named type its own alias, since
// a variable may have the type's name where the type is needed.
type speller struct {
	home    *types.Package
	imports []*types.Package
	named   []string // the type that the alias of each index names
}

// spell returns how the package's source writes a type, or false if it cannot.
func (s *speller) spell(t types.Type) (string, bool) {
	switch t := types.Unalias(types.Default(t)).(type) {
	case *types.Basic:
		return s.alias(t.Name()), true
	case *types.Named:
		return s.defined(t)
	case *types.Slice:
		element, ok := s.spell(t.Elem())
		return "[]" + element, ok
	case *types.Pointer:
		target, ok := s.spell(t.Elem())
		return "*" + target, ok
	case *types.Map:
		key, keyOK := s.spell(t.Key())
		value, valueOK := s.spell(t.Elem())
		return "map[" + key + "]" + value, keyOK && valueOK
	case *types.Interface:
		return "any", t.Empty()
	default:
		return "", false
	}
}

func (s *speller) defined(t *types.Named) (string, bool) {
	name, home := t.Obj().Name(), t.Obj().Pkg()
	switch {
	case home == nil || home == s.home && t.Obj().Parent() == home.Scope() && t.TypeArgs().Len() == 0:
		return s.alias(name), true
	case home != s.home && t.Obj().Exported() && t.TypeArgs().Len() == 0 && slices.Contains(s.home.Imports(), home):
		at := indexOf(&s.imports, home)
		return s.alias(fmt.Sprintf("mutantImport%d.%s", at, name)), true
	default:
		return "", false
	}
}

func (s *speller) alias(name string) string {
	return fmt.Sprintf("mutantType%d", indexOf(&s.named, name))
}

// indexOf returns the index of an element in a list. If the element is missing, it is added.
func indexOf[T comparable](list *[]T, element T) int {
	at := slices.Index(*list, element)
	if at < 0 {
		at = len(*list)
		*list = append(*list, element)
	}
	return at
}

// file returns the source that declares the aliases.
func (s *speller) file() []byte {
	var text strings.Builder
	fmt.Fprintf(&text, "package %s\n\n", s.home.Name())
	for i, imported := range s.imports {
		fmt.Fprintf(&text, "import mutantImport%d %q\n", i, imported.Path())
	}
	for i, name := range s.named {
		fmt.Fprintf(&text, "type mutantType%d = %s\n", i, name)
	}
	return []byte(text.String())
}
