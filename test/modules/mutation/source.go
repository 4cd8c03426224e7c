package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// source is a package without its tests, parsed and type-checked.
type source struct {
	folder string
	fset   *token.FileSet
	files  []file
	pkg    *types.Package
	info   *types.Info
}

type file struct {
	name string // without folder
	text []byte
	tree *ast.File
}

// load reads the package at a path such as ./facade in the module at root.
func load(ctx context.Context, root, path string) (*source, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-export", "-deps", "-json=ImportPath,Dir,GoFiles,Export,DepOnly", path)
	cmd.Dir, cmd.Stderr = root, os.Stderr
	listed, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w", path, err)
	}
	type listing struct {
		ImportPath string
		Dir        string
		GoFiles    []string
		Export     string
		DepOnly    bool
	}
	var wanted listing
	exports := map[string]string{}
	for decoder := json.NewDecoder(bytes.NewReader(listed)); ; {
		var one listing
		if err := decoder.Decode(&one); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("go list %s: %w", path, err)
		}
		exports[one.ImportPath] = one.Export
		if !one.DepOnly {
			wanted = one
		}
	}

	s := &source{
		folder: wanted.Dir,
		fset:   token.NewFileSet(),
		info: &types.Info{
			Types: map[ast.Expr]types.TypeAndValue{},
			Defs:  map[*ast.Ident]types.Object{},
		},
	}
	var trees []*ast.File
	for _, name := range wanted.GoFiles {
		text, err := os.ReadFile(filepath.Join(wanted.Dir, name))
		if err != nil {
			return nil, err
		}
		tree, err := parser.ParseFile(s.fset, name, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		s.files = append(s.files, file{name, text, tree})
		trees = append(trees, tree)
	}
	checker := types.Config{Importer: importer.ForCompiler(s.fset, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	})}
	s.pkg, err = checker.Check(wanted.ImportPath, s.fset, trees, s.info)
	return s, err
}
