// Command generate has the peers generate their clients from the providers'
// documents, into the folder generated, which is not kept.
//
//	go run ./generate
//
// It needs npm, and Java 8 or later for openapi-generator.
package main

import (
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/kycstart/kycstart/test/fixtures"
)

const folder = "generated"

func main() {
	log.SetFlags(0)
	if err := generate(); err != nil {
		log.Fatal(err)
	}
}

func generate() error {
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	if err := run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"); err != nil {
		return err
	}
	for _, p := range fixtures.Providers() {
		provider := string(p)
		document, err := writeDocument(filepath.Join(here, folder), provider)
		if err != nil {
			return fmt.Errorf("%s: %w", provider, err)
		}
		for _, peer := range []func(here, document, provider string) error{ogen, openAPIGenerator, autoRest} {
			if err := peer(here, document, provider); err != nil {
				return fmt.Errorf("%s: %w", provider, err)
			}
		}
	}
	return nil
}

// ogen is at github.com/ogen-go/ogen; go.mod names the version.
func ogen(here, document, provider string) error {
	return run("go", "tool", "ogen", "--clean", "--package", provider,
		"--target", filepath.Join(here, folder, "ogen", provider), document)
}

// openAPIGenerator is at openapi-generator.tech. Its newer packages fetch the
// generator from Maven Central, where not everybody gets to; up to 4.3.1 they
// hold it. The generator named go-experimental is what later became go.
func openAPIGenerator(here, document, provider string) error {
	target := filepath.Join(here, folder, "openapigenerator", provider)
	err := run("java", "-jar", filepath.Join(here, "node_modules/@openapitools/openapi-generator-cli/bin/openapi-generator.jar"),
		"generate", "--generator-name", "go-experimental", "--input-spec", document, "--output", target,
		"--package-name", provider, "--additional-properties", "enumClassPrefix=true")
	if err != nil {
		return err
	}
	return asPackage(target)
}

// clients are the types that AutoRest makes, by provider.
var clients = map[string]string{
	"vault":    "KYC3Client",
	"xgateway": "ExternalAPIClient",
	"forte":    "PaymentsAPIClient",
	"qolo":     "KYCClient",
	"rebilly":  "KYCRequestsClient",
}

// constructor is what AutoRest leaves to be written by hand.
const constructor = `package %[1]s

import (
	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// New returns a client for the server at endpoint.
func New(endpoint string, options *azcore.ClientOptions) (*%[2]s, error) {
	client, err := azcore.NewClient("%[1]s", "v0.0.0", runtime.PipelineOptions{}, options)
	return &%[2]s{internal: client, endpoint: endpoint}, err
}
`

// autoRest is at github.com/Azure/autorest.
func autoRest(here, document, provider string) error {
	target := filepath.Join(here, folder, "autorest", provider)
	extension := func(name string) string { return filepath.Join(here, "node_modules/@autorest", name) }
	err := run("node_modules/.bin/autorest", "--go", "--level:warning", "--skip-semantics-validation",
		"--version:"+extension("core"), "--use:"+extension("modelerfour"), "--use:"+extension("go"),
		"--input-file="+document, "--output-folder="+target, "--clear-output-folder",
		"--namespace="+provider, "--module=example.test/"+provider)
	if err != nil {
		return err
	}
	text := fmt.Sprintf(constructor, provider, clients[provider])
	if err := os.WriteFile(filepath.Join(target, "constructor.go"), []byte(text), 0o644); err != nil {
		return err
	}
	return asPackage(target)
}

// asPackage makes a module that was generated a package of this one.
func asPackage(target string) error {
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := os.RemoveAll(filepath.Join(target, name)); err != nil {
			return err
		}
	}
	return nil
}

func run(name string, args ...string) error {
	output, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, output)
	}
	return nil
}
