package main

// mistake is one plausible slip in one spec.
type mistake struct {
	name string
	spec string // provider
	// old becomes new, once.
	old, new string
	// by is what must fail: check, lint, or after `make generate` the package of
	// tests that it names.
	by string
	// says is what the failure must speak of. If it is of check, the first is what
	// stands in the line that is named.
	says []string
}

const (
	check = "make check-specs"
	lint  = "make lint-spec"
	judge = "./test/contract"
	holds = "./test/conformance"
	gates = "./test/conformance/speccoverage"
	drift = "./test/internal/inventory"
)

var mistakes = []mistake{
	{
		"a format misspelt", "rebilly",
		"          format: date-time\n          description: When the request ends", "          format: datetime\n          description: When the request ends",
		check, []string{"format: datetime", "#/components/schemas/KYCRequestInput/properties/expirationTime/format: ", "date-time"},
	},
	{
		"a type misspelt", "vault",
		"        systemId:\n          type: string", "        systemId:\n          type: strng",
		check, []string{"type: strng", "#/components/schemas/Error/properties/systemId/type: "},
	},
	{
		"a type that its keywords are not for", "rebilly",
		"          type: string\n          maxLength: 50\n          description: 'The customer.", "          type: integer\n          maxLength: 50\n          description: 'The customer.",
		check, []string{"maxLength: 50", "#/components/schemas/KYCRequestInput/properties/customerId/maxLength: "},
	},
	{
		"a limit that is no number", "rebilly",
		"          maxLength: 50\n          description: 'The customer.", "          maxLength: fifty\n          description: 'The customer.",
		check, []string{"maxLength: fifty", "#/components/schemas/KYCRequestInput/properties/customerId/maxLength: ", "a whole number"},
	},
	{
		"a default of another type", "rebilly",
		"          default: 3\n", "          default: three\n",
		check, []string{"default: three", "#/components/schemas/KYCDocument/properties/maxAttempts/default: ", "integer"},
	},
	{
		"a default outside the range", "rebilly",
		"          default: 3\n", "          default: 101\n",
		check, []string{"default: 101", "#/components/schemas/KYCDocument/properties/maxAttempts/default: ", "at most 100"},
	},
	{
		"a required member that is none", "forte",
		"required: [customer, action]", "required: [customers, action]",
		check, []string{"required: [customers, action]", "#/components/schemas/start_kyc_workflow_request/required/0: ", "customers"},
	},
	{
		"a parameter twice", "qolo",
		"        - name: version\n", "        - name: version\n          in: path\n          required: true\n          description: Version.\n          schema:\n            type: string\n        - name: version\n",
		check, []string{"- name: version", "/post/parameters/2: "},
	},
	{
		"a response without a description", "xgateway",
		"          description: The server failed.\n", "",
		check, []string{"'500':", "/post/responses/500: ", "description"},
	},
	{
		"a parameter without a description", "xgateway",
		"          description: The merchant's own identifier of the customer.\n", "",
		check, []string{"- name: id", "/post/parameters/0: ", "description"},
	},
	{
		"a property without a description", "vault",
		"          description: The message that the error began with.\n", "",
		check, []string{"originalMessage:", "#/components/schemas/Error/properties/originalMessage: ", "description"},
	},
	{
		"a security scheme that is not there", "rebilly",
		"  - SecretApiKey: []", "  - SecretKey: []",
		check, []string{"- SecretKey: []", "#/security/0/SecretKey: "},
	},
	{
		"a component that nothing uses", "vault",
		"    ErrorDataEntry:\n", "    ErrorHint:\n      type: object\n      description: A hint.\n    ErrorDataEntry:\n",
		check, []string{"ErrorHint:", "#/components/schemas/ErrorHint: "},
	},
	{
		"a member twice", "forte",
		"          maximum: 4\n", "          maximum: 4\n          maximum: 5\n",
		check, []string{"maximum: 5", "#/components/schemas/kyc_action/properties/level/maximum: "},
	},
	{
		"an indentation", "qolo",
		"          nullable: true\n          description: Free remark.\n", "         nullable: true\n          description: Free remark.\n",
		check, []string{"nullable: true", "YAML"},
	},
	{
		"a wrong example", "vault",
		"                errorId: 0\n", "                errorId: none\n",
		check, []string{"errorId: none", "/example/errorId: ", "integer"},
	},
	{
		"an example of a bad format", "qolo",
		"          description: The program.\n          example: 3fa0d2ea-", "          description: The program.\n          example: 3fa0d2e-",
		check, []string{"example: 3fa0d2e-", "#/components/schemas/PerformKYCRequest/properties/program_guid/example: ", "format uuid"},
	},
	{
		"an example with an unknown member", "forte",
		"          level: 1\n", "          level: 1\n          step: 1\n",
		check, []string{"step: 1", "#/components/schemas/start_kyc_workflow_request/example/action/step: "},
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
		check, []string{"schemas/DocumentPath'", "#/components/schemas/VerificationResult/properties/documents/$ref: "},
	},
	{
		"a misspelt keyword", "forte",
		"          maxLength: 1000\n          description: The developer's own", "          maxLenght: 1000\n          description: The developer's own",
		check, []string{"maxLenght: 1000", "#/components/schemas/kyc_customer/properties/external_id/maxLenght: ", "maxLength"},
	},
	{
		"a server that ends in a slash", "vault",
		"testessential.net\n", "testessential.net/\n",
		lint, []string{"specs/vault.yaml", "no-server-trailing-slash"},
	},
	{
		"a property typo that Go sees", "rebilly",
		"        id:\n          type: string\n          description: The KYC request.", "        ident:\n          type: string\n          description: The KYC request.",
		gates, []string{"facade/rebilly.go", "body.ID"},
	},
	{
		"a property typo that an example shows", "qolo",
		"        verification_level:\n          type: string\n          nullable: true\n          description: Level reached.", "        verification_leval:\n          type: string\n          description: Level reached.",
		check, []string{"verification_level:", "example/verification_level", "no such property"},
	},
	{
		"a property typo that Go does not see", "vault",
		"        originalMessage:", "        orginalMessage:",
		holds, []string{"vault/400_", "/originalMessage", "no such property"},
	},
	{
		"an enum value dropped, and its name in Go not", "xgateway",
		"        - locked\n", "",
		check, []string{"x-enum-varnames:", "#/components/schemas/AppClientErrorResponseCode/x-enum-varnames: ", "29 values and 30 names"},
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
		gates, []string{"specs/forte.yaml", "415 application/json", "documented in facade/forte.go"},
	},
	{
		"a status added", "qolo",
		"        '500':\n", "        '409':\n          description: There is one already.\n        '500':\n",
		gates, []string{"specs/qolo.yaml", "409", "documented in facade/qolo.go"},
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
		gates, []string{"specs/vault.yaml", "400 application/problem+json", "documented in facade/vault.go"},
	},
	{
		"a type changed", "rebilly",
		"        revision:\n          type: integer", "        revision:\n          type: string",
		holds, []string{"rebilly/201_", "/revision", "expected string, found an integer"},
	},
	{
		"a nullable dropped where the example is null", "forte",
		"          nullable: true\n          maxLength: 1000\n          description: Null when", "          maxLength: 1000\n          description: Null when",
		check, []string{"error_code: null", "#/components/schemas/kyc_workflow_started/example/data/error_code: ", "not null"},
	},
	{
		"a nullable dropped", "rebilly",
		"          nullable: true\n          description: Why the documents", "          description: Why the documents",
		holds, []string{"rebilly/201_", "/reason", "not null"},
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
		gates, []string{"facade/xgateway.go", "one.Message"},
	},
	{
		"a type loosened that Go does not see", "vault",
		"          type: string\n          description: Identifier of a component", "          description: Component in which",
		drift, []string{"specs/vault.yaml", "response 400 /systemId type: source string, spec none"},
	},
	{
		"a closed object opened", "forte",
		"      description: The error itself.\n      additionalProperties: false\n", "      description: The error itself.\n      additionalProperties: true\n",
		drift, []string{"specs/forte.yaml", "response 401 /error additional: source closed, spec open"},
	},
	{
		"a path misspelt", "qolo",
		"/persons/{person_guid}/kyc:", "/person/{person_guid}/kyc:",
		holds, []string{"qolo", "sends POST /api/v1/person/", "request.http has POST /api/v1/persons/"},
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
		check, []string{"    post:", "kyc~1data/post: ", "another operation is a POST"},
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
		gates, []string{"facade/vault_find.go", "UnderReview"},
	},
	{
		"a fact of a look-up changed", "rebilly",
		"            maximum: 1000\n", "            maximum: 500\n",
		drift, []string{"specs/rebilly.yaml", "rebilly.GetKYCRequests.yaml", "parameter query limit maximum: source 1000, spec 500"},
	},
	{
		"a server changed that the facade names", "xgateway",
		"https://api.demo.xgateway.tech", "https://demo.xgateway.tech",
		holds, []string{"facade.XGatewayDemo is https://api.demo.xgateway.tech/api/v2", "specs/xgateway.yaml has no such server"},
	},
	{
		"an example changed", "rebilly",
		"          example: spend limit\n", "          example: spending limit\n",
		drift, []string{"specs/rebilly.yaml", `request /reason example "spend limit": source present, spec none`},
	},
	{
		"a version changed", "forte",
		"  version: v1.0.0\n", "  version: v1.1.0\n",
		drift, []string{"specs/forte.yaml", "document version: source v1.0.0, spec v1.1.0"},
	},
	{
		"an operation deprecated", "qolo",
		"      operationId: PerformKYC\n", "      operationId: PerformKYC\n      deprecated: true\n",
		drift, []string{"specs/qolo.yaml", "deprecated: source none, spec true"},
	},
	{
		"a schema that no operation reaches changed", "xgateway",
		"          description: The payload, a text here.\n", "          nullable: true\n          description: The payload, a text here.\n",
		drift, []string{"specs/xgateway.yaml", "component AppSuccessResponse_string_ /data nullable: source none, spec true"},
	},
}
