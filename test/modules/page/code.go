package main

import (
	"fmt"
	"go/format"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// goCode returns a program that makes the same start. The program reads a credential from the
// environment, under the name of its field.
func goCode(d fixtures.Descriptor, baseURL string, request facade.Request) (string, error) {
	var c facade.Config
	d.Configure(&c, baseURL)
	config := reflect.ValueOf(c).FieldByName(d.ConfigField)
	g := &goWriter{provider: strings.ToUpper(string(d.Provider)), imports: map[string]bool{"context": true, "fmt": true, "log": true}}
	start := g.literal(reflect.ValueOf(request), "")
	settings := g.literal(config, "")
	var b strings.Builder
	b.WriteString("package main\n\nimport (\n")
	for _, name := range slices.Sorted(maps.Keys(g.imports)) {
		fmt.Fprintf(&b, "%q\n", name)
	}
	fmt.Fprintf(&b, `
	"github.com/kycstart/kycstart/facade"
)

func main() {
	client, err := facade.New(facade.Config{%s: %s})
	if err != nil {
		log.Fatal(err)
	}
	res, err := client.Start(context.Background(), %s)
	if err != nil {
		log.Fatal(err) // safe to log; errors.As gives the *facade.Error
	}
	fmt.Println(res)
}
`, d.ConfigField, settings, start)
	code, err := format.Source([]byte(b.String()))
	return string(code), err
}

// goWriter writes values as Go.
type goWriter struct {
	provider string
	imports  map[string]bool
}

// secrets are the fields whose texts are credentials.
var secrets = map[string]string{"APIKey": "API_KEY", "Token": "TOKEN"}

// literal returns the value of a field as Go. The name is the field's.
func (g *goWriter) literal(v reflect.Value, name string) string {
	switch v.Kind() {
	case reflect.Func:
		return "facade.StaticToken(" + g.environment(name) + ")"
	case reflect.Pointer:
		if v.Elem().Kind() == reflect.Struct {
			return "&" + g.literal(v.Elem(), name)
		}
		return "facade.Ptr(" + g.literal(v.Elem(), name) + ")"
	case reflect.String:
		if secrets[name] != "" {
			return g.environment(name)
		}
		return fmt.Sprintf("%q", v.String())
	case reflect.Slice:
		elements := make([]string, v.Len())
		for i := range elements {
			elements[i] = g.literal(v.Index(i), "")
		}
		return v.Type().String() + "{" + strings.Join(elements, ", ") + "}"
	case reflect.Struct:
		if at, ok := reflect.TypeAssert[time.Time](v); ok {
			g.imports["time"] = true
			return fmt.Sprintf("time.Unix(%d, 0)", at.Unix())
		}
		var b strings.Builder
		b.WriteString(v.Type().String() + "{\n")
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() && !v.Field(i).IsZero() {
				fmt.Fprintf(&b, "%s: %s,\n", field.Name, g.literal(v.Field(i), field.Name))
			}
		}
		return b.String() + "}"
	default:
		return fmt.Sprint(v.Interface())
	}
}

func (g *goWriter) environment(name string) string {
	g.imports["os"] = true
	return fmt.Sprintf("os.Getenv(%q)", g.provider+"_"+secrets[name])
}

// curl returns the command that sends a request. The credential is a variable in it.
func curl(method, url string, header http.Header, body []byte) string {
	lines := []string{"curl -i -X " + method + " " + quoted(url)}
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if name == "User-Agent" {
			continue
		}
		value := header.Get(name)
		line := "-H " + quoted(name+": "+value)
		if masked := shown(name, value); masked != value {
			line = `-H "` + name + ": " + strings.ReplaceAll(masked, "***", "$CREDENTIAL") + `"`
		}
		lines = append(lines, line)
	}
	if len(body) > 0 {
		lines = append(lines, "--data-raw "+quoted(string(body)))
	}
	return strings.Join(lines, " \\\n  ")
}

// quoted returns a text as one word of a shell.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
