// Package inventory reduces an OpenAPI document to the facts of one operation: what a client must
// send, and what it may get. Descriptions and the names of schemas are not facts. The inventories
// of the providers' own documents are in specs/sources. Other tests use the same facts of the
// specs.
package inventory

// Inventory holds the facts of one operation.
type Inventory struct {
	// Document and Date tell which document the facts were taken from, and when that document was
	// read. They are not facts.
	Document string `yaml:"document" json:"-"`
	Date     string `yaml:"date" json:"-"`

	// ID is the operationId. The spec chose that name, so it is not a fact either.
	ID string `yaml:"-" json:"-"`
	// Source is the name of the file in specs/sources that describes the operation. For the start
	// it is the provider. For a look-up, whose facts come from elsewhere, the operationId follows
	// the provider.
	Source string `yaml:"-" json:"-"`
	// Operation is the method and the path, such as "POST /kyc-requests".
	Operation  string `yaml:"operation"`
	Deprecated bool   `yaml:"deprecated,omitempty"`
	// Version is the version of the document.
	Version string   `yaml:"version,omitempty"`
	Servers []string `yaml:"servers,omitempty"`
	// Security holds the schemes by their names. Any one of them is enough.
	Security map[string]Scheme `yaml:"security,omitempty"`
	// Parameters are by place and name, such as "path id".
	Parameters map[string]Facts `yaml:"parameters,omitempty"`
	Request    *Message         `yaml:"request,omitempty"`
	// Responses are by status.
	Responses map[string]Message `yaml:"responses"`
	// Components are schemas that no operation reaches, by name.
	Components map[string]map[string]Facts `yaml:"components,omitempty"`
}

// Scheme is how a credential is sent. It is empty if the document only names its scheme.
type Scheme struct {
	Type   string `yaml:"type,omitempty" json:"type,omitempty"`
	In     string `yaml:"in,omitempty" json:"in,omitempty"`
	Name   string `yaml:"name,omitempty" json:"name,omitempty"`
	Scheme string `yaml:"scheme,omitempty" json:"scheme,omitempty"`
	// Flows are the flows of OAuth 2, as JSON, or the URL of OpenID Connect.
	Flows string `yaml:"flows,omitempty" json:"flows,omitempty"`
}

// Message is a request or a response.
type Message struct {
	// Required tells whether a request must have a body.
	Required bool `yaml:"required,omitempty"`
	// Content lists the media types. It is empty if the body is not described.
	Content []string         `yaml:"content,omitempty,flow"`
	Headers map[string]Facts `yaml:"headers,omitempty"`
	// Fields are the values of the body by JSON pointer. "/" is the body itself, a star means the
	// items of a list or the keys of a map, and "|1" after a pointer means the first alternative of
	// a union.
	Fields map[string]Facts `yaml:"fields,omitempty"`
	// Bodies are the fields of other bodies, by media type.
	Bodies map[string]map[string]Facts `yaml:"bodies,omitempty"`
}

// Facts are what a document says of one value, apart from descriptions.
type Facts struct {
	Type        string   `yaml:"type,omitempty" json:"type,omitempty"`
	Required    bool     `yaml:"required,omitempty" json:"required,omitempty"`
	Nullable    bool     `yaml:"nullable,omitempty" json:"nullable,omitempty"`
	Format      string   `yaml:"format,omitempty" json:"format,omitempty"`
	Pattern     string   `yaml:"pattern,omitempty" json:"pattern,omitempty"`
	Minimum     *float64 `yaml:"minimum,omitempty" json:"minimum,omitempty"`
	Maximum     *float64 `yaml:"maximum,omitempty" json:"maximum,omitempty"`
	MinLength   uint64   `yaml:"minLength,omitempty" json:"minLength,omitempty"`
	MaxLength   *uint64  `yaml:"maxLength,omitempty" json:"maxLength,omitempty"`
	MinItems    uint64   `yaml:"minItems,omitempty" json:"minItems,omitempty"`
	MaxItems    *uint64  `yaml:"maxItems,omitempty" json:"maxItems,omitempty"`
	UniqueItems bool     `yaml:"uniqueItems,omitempty" json:"uniqueItems,omitempty"`
	Default     any      `yaml:"default,omitempty" json:"default,omitempty"`
	// Style is how a list is sent as a parameter, such as "form" (commas between the items) or
	// "form, exploded" (one parameter for each item).
	Style string `yaml:"style,omitempty" json:"style,omitempty"`
	// Additional is "closed" or "open" if the document says whether an object may have members that
	// are not listed.
	Additional string `yaml:"additional,omitempty" json:"additional,omitempty"`
	// Recursive marks an object inside another object of its kind. Its facts are not repeated.
	Recursive bool  `yaml:"recursive,omitempty" json:"recursive,omitempty"`
	Enum      []any `yaml:"enum,omitempty" json:"enum,omitempty"`

	// Examples are the values that it has in its own examples and in those of the values around it.
	Examples []any `yaml:"examples,omitempty,flow" json:"example,omitempty"`
	// Deprecated tells that the provider asks not to use it any more.
	Deprecated bool `yaml:"deprecated,omitempty" json:"deprecated,omitempty"`
	// Keywords are the keywords that have no fact of their own, as JSON.
	Keywords map[string]string `yaml:"keywords,omitempty,flow" json:"-"`

	// Upstream are values that are known from elsewhere. They are not facts of the document.
	Upstream []string `yaml:"-" json:"-"`
}
