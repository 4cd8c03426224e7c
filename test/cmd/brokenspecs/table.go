package main

// mistake is one plausible slip in one spec.
type mistake struct {
	name string
	spec string // provider
	// old becomes new, once.
	old, new string
	// by is the package whose tests must fail after `make generate`, "generate" if
	// that must fail already, or "lint-spec".
	by string
	// says is what the failure must speak of.
	says []string
}

const lintSpec = "lint-spec"

const (
	judge   = "./test/contract"
	holds   = "./test/conformance"
	gates   = "./test/conformance/speccoverage"
	mutants = "./test/conformance/specstrictness"
	drift   = "./test/internal/inventory"
)

var mistakes = []mistake{
	{
		"a format misspelt", "rebilly",
		"          format: date-time\n          description: When the request ends", "          format: datetime\n          description: When the request ends",
		judge, []string{"rebilly.yaml", "expirationTime", "datetime"},
	},
	{
		"a wrong example", "vault",
		"                errorId: 0\n", "                errorId: none\n",
		lintSpec, []string{"specs/vault.yaml", "errorId", "type must be integer"},
	},
	{
		"a wrong example, by the tests", "vault",
		"                errorId: 0\n", "                errorId: none\n",
		judge, []string{"vault.yaml", "errorId", "integer"},
	},
	{
		"an example of a bad format", "qolo",
		"          description: The program.\n          example: 3fa0d2ea-", "          description: The program.\n          example: 3fa0d2e-",
		judge, []string{"qolo.yaml", "program_guid", "format uuid"},
	},
	{
		"a missing required", "forte",
		"required: [external_id, wallet]", "required: [wallet]",
		drift, []string{"specs/forte.yaml", "/customer/external_id required: source true, spec none", "deviations.yaml"},
	},
	{
		"a required too many", "rebilly",
		"required: [type]\n      properties:\n        type:", "required: [type, maxAttempts]\n      properties:\n        type:",
		drift, []string{"specs/rebilly.yaml", "/documents/*/maxAttempts required: source none, spec true"},
	},
	{
		"a dangling reference", "qolo",
		"$ref: '#/components/schemas/DocumentPaths'", "$ref: '#/components/schemas/DocumentPath'",
		lintSpec, []string{"specs/qolo.yaml", "DocumentPath", "resolve $ref"},
	},
	{
		"a dangling reference, by the generator", "qolo",
		"$ref: '#/components/schemas/DocumentPaths'", "$ref: '#/components/schemas/DocumentPath'",
		"generate", []string{"DocumentPath"},
	},
	{
		"a misspelt keyword", "forte",
		"          maxLength: 1000\n          description: The developer's own", "          maxLenght: 1000\n          description: The developer's own",
		lintSpec, []string{"specs/forte.yaml", "maxLenght"},
	},
	{
		"a property typo that an example shows", "qolo",
		"        verification_level:\n          type: string\n          nullable: true\n          description: Level reached.", "        verification_leval:\n          type: string\n          description: Level reached.",
		judge, []string{"qolo.yaml", "example/verification_level", "no such property"},
	},
	{
		"a property typo that Go does not see", "vault",
		"        systemId:", "        systemID:",
		holds, []string{"vault.yaml", "systemID", "no such property"},
	},
	{
		"an enum value dropped, and its name in Go not", "xgateway",
		"        - locked\n", "",
		"generate", []string{"xgateway.yaml", "/errors/*/code", "29 values and 30 names"},
	},
	{
		"an enum value dropped that Go sees", "rebilly",
		"pending-review, fulfilled, failed", "pending-review, failed",
		gates, []string{"facade/rebilly.go", "Fulfilled"},
	},
	{
		"an enum value dropped that Go does not see", "rebilly",
		"enum: [self, documents, gatherer]", "enum: [self, gatherer]",
		holds, []string{"rebilly/201_", "/_links/", "rel"},
	},
	{
		"an enum value of the request dropped", "forte",
		"        - curtis\n", "",
		drift, []string{"specs/forte.yaml", `request /customer/wallet/blockchain enum "curtis": source present, spec none`},
	},
	{
		"an enum value of the request added", "rebilly",
		"purchase-proof, credit-file-proof]", "purchase-proof, credit-file-proof, employment-proof]",
		drift, []string{"specs/rebilly.yaml", "request /documents/*/type", `enum "employment-proof": source none, spec present`},
	},
	{
		"an enum value of the answer added", "rebilly",
		"failed, abandoned, expired]", "failed, abandoned, expired, withdrawn]",
		gates, []string{"specs/rebilly.yaml", `"withdrawn" in /status`, "map it in facade/rebilly.go"},
	},
	{
		"a code added without a fixture", "vault",
		"            - WRONG_LOGIN_OR_PASSWORD_EXCEPTION\n", "            - WRONG_LOGIN_OR_PASSWORD_EXCEPTION\n            - CARD_LOST\n",
		holds, []string{"specs/vault.yaml", `"CARD_LOST" in /error`, "add test/fixtures/vault"},
	},
	{
		"a code dropped", "vault",
		"            - WAF_LOCK_NOT_IN_LIST\n", "",
		gates, []string{"specs/vault.yaml", "WAF_LOCK_NOT_IN_LIST", "facade/vault.go"},
	},
	{
		"a status removed", "forte",
		"        '415':\n          description: Unsupported Media Type\n          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/JsonErrorResponse'\n", "",
		gates, []string{"specs/forte.yaml", "415 application/json", "forteSpec in facade/forte.go"},
	},
	{
		"a status added", "qolo",
		"        '500':\n", "        '409':\n          description: There is one already.\n        '500':\n",
		gates, []string{"specs/qolo.yaml", "409", "qoloSpec in facade/qolo.go"},
	},
	{
		"a status added without a fixture", "qolo",
		"        '500':\n", "        '409':\n          description: There is one already.\n        '500':\n",
		holds, []string{"specs/qolo.yaml", "the response 409", "test/fixtures/qolo"},
	},
	{
		"a request header renamed", "xgateway",
		"name: x-api-key", "name: api-key",
		holds, []string{"xgateway", "header:api-key"},
	},
	{
		"a response header renamed", "rebilly",
		"X-RateLimit-Retry-After:", "X-RateLimit-Reset:",
		drift, []string{"specs/rebilly.yaml", "response 429 header X-RateLimit-Reset"},
	},
	{
		"a content type changed", "vault",
		"application/json:\n              schema:\n                $ref: '#/components/schemas/Error'", "application/problem+json:\n              schema:\n                $ref: '#/components/schemas/Error'",
		gates, []string{"specs/vault.yaml", "400 application/problem+json", "vaultSpec in facade/vault.go"},
	},
	{
		"a type changed", "vault",
		"        errorId:\n          type: integer", "        errorId:\n          type: string",
		gates, []string{"vault.yaml", "Error", "must be a string"},
	},
	{
		"a nullable dropped", "forte",
		"          nullable: true\n          maxLength: 1000\n          description: Null when", "          maxLength: 1000\n          description: Null when",
		holds, []string{"forte.yaml", "kyc_workflow_started", "/data/error_code", "not nullable"},
	},
	{
		"a limit lowered", "rebilly",
		"maximum: 100\n", "maximum: 10\n",
		drift, []string{"specs/rebilly.yaml", "request /documents/*/maxAttempts maximum: source none, spec 10"},
	},
	{
		"a limit raised", "forte",
		"          maximum: 4\n", "          maximum: 5\n",
		drift, []string{"specs/forte.yaml", "request /action/level maximum: source 4, spec 5"},
	},
	{
		"a limit of a kind that was not there", "forte",
		"          type: string\n          maxLength: 1000\n          description: The developer's own", "          type: string\n          minLength: 5\n          maxLength: 1000\n          description: The developer's own",
		gates, []string{"specs/forte.yaml", "/customer/external_id", "less than minLength 5", "check of facade/forte.go"},
	},
	{
		"a limit dropped", "rebilly",
		"          maxLength: 50\n          description: 'The customer.", "          description: 'The customer.",
		gates, []string{"facade/rebilly.go", "CustomerIDMaxLength"},
	},
	{
		"a limit added to a free text", "rebilly",
		"          nullable: true\n          description: Why the documents", "          nullable: true\n          maxLength: 200\n          description: Why the documents",
		gates, []string{"specs/rebilly.yaml", "/reason", "more than maxLength 200", "check of facade/rebilly.go"},
	},
	{
		"a format added", "rebilly",
		"          type: string\n          maxLength: 50\n", "          type: string\n          format: uuid\n          maxLength: 50\n",
		gates, []string{"specs/rebilly.yaml", "/customerId", "not of format uuid", "check of facade/rebilly.go"},
	},
	{
		"a pattern widened", "forte",
		"pattern: ^0x[a-fA-F0-9]{130}$\n", "pattern: ^0x[a-gA-G0-9]{130}$\n",
		drift, []string{"specs/forte.yaml", "/customer/wallet/siwe/signature pattern"},
	},
	{
		"a property of the request added", "forte",
		"        wallet:\n          $ref: '#/components/schemas/wallet'\n", "        wallet:\n          $ref: '#/components/schemas/wallet'\n        email:\n          type: string\n          description: Address for mail.\n",
		gates, []string{"specs/forte.yaml", "/customer/email", "the facade never sends it", "leftOut"},
	},
	{
		"a property of the answer added", "rebilly",
		"        revision:\n", "        risk:\n          type: string\n          description: How risky the customer is.\n        revision:\n",
		gates, []string{"specs/rebilly.yaml", "/risk", "makes no difference", "unmappedProperties"},
	},
	{
		"a parameter added", "vault",
		"      responses:\n        '200':", "      parameters:\n        - name: locale\n          in: query\n          description: Language of messages.\n          schema:\n            type: string\n      responses:\n        '200':",
		gates, []string{"facade/vault.go", "StartKYC3Params"},
	},
	{
		"a type loosened that Go sees", "xgateway",
		"          type: string\n          description: The same in words.", "          description: The same in words.",
		mutants, []string{"facade/xgateway.go", "one.Message"},
	},
	{
		"a type loosened that Go does not see", "vault",
		"          type: string\n          description: Identifier of a component", "          description: Component in which",
		mutants, []string{"specs/vault.yaml", "/systemId", "retyped", "survivors"},
	},
	{
		"a closed object opened", "forte",
		"      description: The error itself.\n      additionalProperties: false\n", "      description: The error itself.\n      additionalProperties: true\n",
		mutants, []string{"specs/forte.yaml", "/error", "extra property"},
	},
	{
		"a path misspelt", "qolo",
		"/persons/{person_guid}/kyc:", "/person/{person_guid}/kyc:",
		holds, []string{"qolo", "sent POST /api/v1/person/", "want POST /api/v1/persons/"},
	},
	{
		"a server changed", "vault",
		"sandbox.testessential.net", "sandbox.testessentials.net",
		drift, []string{"specs/vault.yaml", "server https://api.vault.sandbox.testessential.net"},
	},
	{
		"an operation renamed", "rebilly",
		"operationId: CreateKYCRequest", "operationId: PostKYCRequest",
		gates, []string{"facade/rebilly.go", "NewCreateKYCRequestRequest"},
	},
	{
		"a look-up that posts", "vault",
		"    get:\n", "    post:\n",
		judge, []string{"vault.yaml", "one operation must post"},
	},
	{
		"a path of a look-up misspelt", "rebilly",
		"  /kyc-requests/{id}:\n", "  /kyc-request/{id}:\n",
		holds, []string{"TestLookupRequests/GetKYCRequest", "a path that ends in"},
	},
	{
		"a status of a look-up without a fixture", "vault",
		"        '400':\n          description: The server refused the call.\n", "        '404':\n          description: There is no such customer.\n        '400':\n          description: The server refused the call.\n",
		holds, []string{"specs/vault.yaml", "the response 404 of GetKYCData", "add test/fixtures/vault/find"},
	},
	{
		"an enum value of a look-up dropped", "vault",
		"UNDEFINED, UNDER_REVIEW, DENIED]\n      x-enum-varnames: [Approved, Undefined, UnderReview, Denied]", "UNDEFINED, DENIED]\n      x-enum-varnames: [Approved, Undefined, Denied]",
		holds, []string{"vault/find/200_under_review", "/kyc3ClientData/status"},
	},
	{
		"a fact of a look-up changed", "rebilly",
		"            maximum: 1000\n", "            maximum: 500\n",
		drift, []string{"specs/rebilly.yaml", "rebilly.GetKYCRequests.yaml", "parameter query limit maximum: source 1000, spec 500"},
	},
}
