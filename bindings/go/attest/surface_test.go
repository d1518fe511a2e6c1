package attest_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/attest-dev/go-sdk/internal/testserver"
)

// The public API is what tests/conformance says, both ways: everything in the table exists or is listed there as not
// built, and nothing public exists beside it and public/go.json.
func TestThePublicAPIIsTheTables(t *testing.T) {
	table, beside := readTable(t)
	public := publicNames(t)
	allowed := map[string]bool{}

	row := func(of string, names []string, built, mustExist bool) {
		for _, name := range names {
			switch {
			case mustExist && !public[name]:
				t.Errorf("%s: %s is built in the table and does not exist", of, name)
			case !built && public[name]:
				t.Errorf("%s: %s exists and is not built in the table", of, name)
			}
			allowed[name] = built || allowed[name]
		}
	}
	for _, one := range table.Operations {
		state, names := one.Go.cell()
		row(one.Operation, names, state == "built", state == "built")
	}
	for _, one := range table.ClientOptions {
		state, names := one.Go.cell()
		for _, name := range names {
			row(one.Option, []string{"ClientOptions." + name}, state == "built", state == "built")
			// The specification's own half of Config.
			row(one.Option, []string{"Config." + name}, state == "built", false)
		}
	}
	for _, one := range table.Errors {
		state, names := one.Go.cell()
		row(one.Kind, names, state == "built", state == "built")
	}
	for _, one := range table.Models {
		state, names := one.Go.cell()
		row(one.Model, names, state == "built", state == "built")
		for _, name := range names {
			for _, field := range one.Fields {
				row(one.Model, []string{name + "." + goName(field)}, state == "built", state == "built")
			}
		}
	}
	for _, name := range beside {
		if allowed[name] {
			t.Errorf("public/go.json: %s is in the table already", name)
		}
		row("public/go.json", []string{name}, true, true)
	}
	if !slices.IsSorted(beside) {
		t.Error("public/go.json is not sorted")
	}
	var undeclared []string
	for name := range public {
		if !allowed[name] {
			undeclared = append(undeclared, name)
		}
	}
	slices.Sort(undeclared)
	if len(undeclared) > 0 {
		t.Errorf("%d names are public and neither in the table nor in public/go.json:\n   %q", len(undeclared), undeclared)
	}
}

// Every kind of the table has a constant, and the sentinel of its row is of that kind.
func TestEveryKindHasItsSentinel(t *testing.T) {
	table, _ := readTable(t)
	for _, one := range table.Errors {
		_, names := one.Go.cell()
		if sentinels[names[0]] == nil || sentinels[names[0]].Error() != "attest: "+one.Kind {
			t.Errorf("%s: %v is %v", one.Kind, names, sentinels[names[0]])
		}
	}
	if len(sentinels) != len(table.Errors) {
		t.Error("more sentinels than kinds")
	}
}

type cell []string

func (c cell) cell() (state string, names []string) {
	if len(c) == 0 || c[0] == "none" {
		return "none", nil
	}
	return c[0], c[1:]
}

type table struct {
	Operations []struct {
		Operation string
		Go        cell
	}
	ClientOptions []struct {
		Option string
		Go     cell
	} `json:"client_options"`
	Errors []struct {
		Kind string
		Go   cell
	}
	Models []struct {
		Model  string
		Fields []string
		Go     cell
	}
}

func readTable(t *testing.T) (rows table, beside []string) {
	t.Helper()
	folder := filepath.Join(testserver.Checkout(), "tests", "conformance")
	var public struct{ Names []string }
	for path, into := range map[string]any{"api.json": &rows, "public/go.json": &public} {
		if err := json.Unmarshal(read(t, filepath.Join(folder, path)), into); err != nil {
			t.Fatal(path, err)
		}
	}
	if len(rows.Operations) < 50 || len(rows.ClientOptions) < 10 || len(rows.Errors) < 20 || len(rows.Models) < 15 {
		t.Fatal("the table is not what this test reads")
	}
	return rows, public.Names
}

// goName spells a field of the API as Go does.
func goName(field string) string {
	var name strings.Builder
	for _, word := range strings.Split(field, "_") {
		switch word {
		case "id", "url", "api", "http", "ca":
			name.WriteString(strings.ToUpper(word))
		default:
			name.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return name.String()
}

// publicNames are the exported names of the package: functions, types, constants and variables, and after their types
// methods and fields.
func publicNames(t *testing.T) map[string]bool {
	t.Helper()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	paths = slices.DeleteFunc(paths, func(path string) bool { return strings.HasSuffix(path, "_test.go") })
	names := map[string]bool{}
	add := func(parts ...string) {
		for _, part := range parts {
			if !ast.IsExported(part) {
				return
			}
		}
		names[strings.Join(parts, ".")] = true
	}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range file.Decls {
			switch declared := declaration.(type) {
			case *ast.FuncDecl:
				if declared.Recv == nil {
					add(declared.Name.Name)
				} else {
					add(receiver(declared.Recv.List[0].Type), declared.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range declared.Specs {
					addSpec(spec, add)
				}
			}
		}
	}
	return names
}

func addSpec(spec ast.Spec, add func(...string)) {
	switch spec := spec.(type) {
	case *ast.ValueSpec:
		for _, name := range spec.Names {
			add(name.Name)
		}
	case *ast.TypeSpec:
		add(spec.Name.Name)
		var members *ast.FieldList
		switch shape := spec.Type.(type) {
		case *ast.StructType:
			members = shape.Fields
		case *ast.InterfaceType:
			members = shape.Methods
		default:
			return
		}
		for _, member := range members.List {
			for _, name := range member.Names {
				add(spec.Name.Name, name.Name)
			}
			if len(member.Names) == 0 {
				add(spec.Name.Name, receiver(member.Type))
			}
		}
	}
}

func receiver(expression ast.Expr) string {
	switch expression := expression.(type) {
	case *ast.StarExpr:
		return receiver(expression.X)
	case *ast.Ident:
		return expression.Name
	default:
		return fmt.Sprintf("%T", expression)
	}
}
