package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// handwritten is the floor: what a programmer writes who has one
// provider to call and wants nothing more than its answer. The types hold every
// member that the provider documents for the two answers measured, without
// pointers, since nobody here asks what was absent.
type handwritten struct {
	client *http.Client
	url    string
	header http.Header
}

// post sends body as JSON, if there is one, and decodes the answer into what
// pick returns for its status, if it returns anything.
func (h *handwritten) post(ctx context.Context, body any, pick func(status int) any) (status int, err error) {
	var text io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return 0, err
		}
		text = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, text)
	if err != nil {
		return 0, err
	}
	maps.Copy(req.Header, h.header)
	resp, err := h.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if into := pick(resp.StatusCode); into != nil {
		return resp.StatusCode, json.NewDecoder(resp.Body).Decode(into)
	}
	return resp.StatusCode, nil
}

// prepareTimed adds what the facade never goes without, in the cheapest way:
// a call that ends although the provider hangs.
func prepareTimed(p facade.Provider, transport http.RoundTripper, baseURL string) (Exchange, error) {
	exchange, err := prepareHandwritten(p, transport, baseURL)
	return func(ctx context.Context) (string, error) {
		ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
		defer cancel()
		return exchange(ctx)
	}, err
}

func prepareHandwritten(p facade.Provider, transport http.RoundTripper, baseURL string) (Exchange, error) {
	h, err := newHandwritten(p, transport, baseURL)
	if err != nil {
		return nil, err
	}
	return map[facade.Provider]Exchange{
		facade.Vault: h.vault, facade.XGateway: h.xgateway, facade.Forte: h.forte, facade.Qolo: h.qolo, facade.Rebilly: h.rebilly,
	}[p], nil
}

func newHandwritten(p facade.Provider, transport http.RoundTripper, baseURL string) (*handwritten, error) {
	_, path, header, _, err := fixtures.Request(string(p))
	switch p { // those whose path holds the customer
	case facade.Qolo:
		path = "/api/v1/persons/"
	case facade.XGateway:
		path = "/api/v2/customer/"
	}
	return &handwritten{&http.Client{Transport: transport}, baseURL + path, header}, err
}

// to returns h with another path, for those whose path holds the customer.
func (h *handwritten) to(customer, rest string) *handwritten {
	return &handwritten{h.client, h.url + url.PathEscape(customer) + rest, h.header}
}

// with returns h with one more header, for the one whose credential is the
// customer's.
func (h *handwritten) with(name, value string) *handwritten {
	header := maps.Clone(h.header)
	header[name] = []string{value}
	return &handwritten{h.client, h.url, header}
}

type rebillyInput struct {
	CustomerID  string          `json:"customerId"`
	Documents   []rebillyWanted `json:"documents"`
	MatchLevel  int             `json:"matchLevel,omitempty"`
	Reason      string          `json:"reason,omitempty"`
	RedirectURL string          `json:"redirectUrl,omitempty"`
}

// rebillyWanted is a document to ask for, where 0 and false are not the same as
// nothing.
type rebillyWanted struct {
	Type                 string   `json:"type"`
	Subtypes             []string `json:"subtypes,omitempty"`
	MaxAttempts          *int     `json:"maxAttempts,omitempty"`
	FaceProofRequired    *bool    `json:"faceProofRequired,omitempty"`
	FaceLivenessRequired *bool    `json:"faceLivenessRequired,omitempty"`
}

type rebillyDocument struct {
	Type                 string   `json:"type"`
	Subtypes             []string `json:"subtypes"`
	MaxAttempts          int      `json:"maxAttempts"`
	FaceProofRequired    bool     `json:"faceProofRequired"`
	FaceLivenessRequired bool     `json:"faceLivenessRequired"`
}

type rebillyRequest struct {
	ID             string            `json:"id"`
	CustomerID     string            `json:"customerId"`
	Documents      []rebillyDocument `json:"documents"`
	Status         string            `json:"status"`
	RedirectURL    string            `json:"redirectUrl"`
	Reason         string            `json:"reason"`
	MatchLevel     int               `json:"matchLevel"`
	Revision       int               `json:"revision"`
	ExpirationTime string            `json:"expirationTime"`
	CreatedTime    string            `json:"createdTime"`
	UpdatedTime    string            `json:"updatedTime"`
	Links          []struct {
		Href string `json:"href"`
		Rel  string `json:"rel"`
	} `json:"_links"`
}

type rebillyProblem struct {
	Type          string `json:"type"`
	Title         string `json:"title"`
	Status        int    `json:"status"`
	Detail        string `json:"detail"`
	Instance      string `json:"instance"`
	InvalidFields []struct {
		Field   string `json:"field"`
		Message string `json:"message"`
	} `json:"invalidFields"`
}

func (h *handwritten) rebilly(ctx context.Context) (string, error) {
	var started rebillyRequest
	var problem rebillyProblem
	status, err := h.post(ctx, rebillyInput{
		CustomerID: RebillyCustomer,
		Documents: []rebillyWanted{{
			Type:                 "identity-proof",
			Subtypes:             []string{"passport"},
			MaxAttempts:          new(int),
			FaceLivenessRequired: new(bool),
		}},
		RedirectURL: "https://shop.example/kyc/done",
		Reason:      "spend limit",
		MatchLevel:  2,
	}, func(status int) any {
		if status == http.StatusCreated {
			return &started
		}
		return &problem
	})
	if err != nil {
		return "", err
	}
	if status != http.StatusCreated {
		return problem.InvalidFields[len(problem.InvalidFields)-1].Message, nil
	}
	for _, link := range started.Links {
		if link.Rel == "gatherer" {
			return link.Href, nil
		}
	}
	return "", nil
}

type forteInput struct {
	Action struct {
		Type  string `json:"type"`
		Level int    `json:"level"`
	} `json:"action"`
	Customer struct {
		ExternalID string `json:"external_id"`
		Wallet     struct {
			Blockchain string `json:"blockchain"`
			Address    string `json:"address"`
		} `json:"wallet"`
	} `json:"customer"`
}

type forteStarted struct {
	Data struct {
		ErrorCode  string `json:"error_code"`
		Flow       string `json:"flow"`
		WidgetData string `json:"widget_data"`
	} `json:"data"`
}

type forteProblem struct {
	Error struct {
		Code    json.RawMessage `json:"code"` // a number or a text
		Message string          `json:"message"`
		Reason  string          `json:"reason"`
		Status  int             `json:"status"`
	} `json:"error"`
}

func (h *handwritten) forte(ctx context.Context) (string, error) {
	var input forteInput
	input.Action.Type, input.Action.Level = "OCC_RULES_ENGINE", 1
	input.Customer.ExternalID = ForteCustomer
	input.Customer.Wallet.Blockchain = "sepolia"
	input.Customer.Wallet.Address = "0xaac17f958d2ee523a2206206994597c13d831ec2"
	var started forteStarted
	var problem forteProblem
	status, err := h.post(ctx, input, func(status int) any {
		if status == http.StatusCreated {
			return &started
		}
		return &problem
	})
	switch {
	case err != nil:
		return "", err
	case status == http.StatusCreated:
		return started.Data.WidgetData, nil
	default:
		return string(problem.Error.Code), nil
	}
}

type qoloInput struct {
	PerformKYC      bool                 `json:"perform_kyc"`
	ProgramGUID     string               `json:"program_guid,omitempty"`
	Identifications []qoloIdentification `json:"identifications,omitempty"`
	Document        *qoloDocument        `json:"document,omitempty"`
}

type qoloIdentification struct {
	GovtIDType   string `json:"govt_id_type"`
	GovtIDNumber string `json:"govt_id_number"`
}

// qoloDocument has the images as bytes: encoding/json makes them base64.
type qoloDocument struct {
	DocumentType string `json:"document_type,omitempty"`
	FileType     string `json:"file_type,omitempty"`
	Front        []byte `json:"front,omitempty"`
	Back         []byte `json:"back,omitempty"`
	FaceImage    []byte `json:"face_image,omitempty"`
}

type qoloDetails struct {
	PersonGUID          string `json:"person_guid"`
	VerificationMode    string `json:"verification_mode"`
	VerificationLevel   string `json:"verification_level"`
	AdditionalDesc      string `json:"additional_desc"`
	VerificationResults []struct {
		PersonGUID          string `json:"person_guid"`
		VerificationMethod  string `json:"verification_method"`
		VerificationDate    string `json:"verification_date"`
		DocumentType        string `json:"document_type"`
		DocumentPath        string `json:"document_path"`
		ResponseCode        string `json:"response_code"`
		VerificationResults string `json:"verification_results"`
		ReasonCode          string `json:"reason_code"`
		Questions           []struct {
			Prompt  string   `json:"prompt"`
			Key     string   `json:"key"`
			Options []string `json:"options"`
		} `json:"questions"`
		ProviderReference string `json:"provider_reference"`
		ProviderName      string `json:"provider_name"`
		Documents         struct {
			DocumentReference string `json:"document_reference"`
			FileType          string `json:"file_type"`
			BackFileType      string `json:"back_file_type"`
			FrontDocpath      string `json:"front_docpath"`
			BackDocpath       string `json:"back_docpath"`
			FaceImageDocpath  string `json:"face_image_docpath"`
		} `json:"documents"`
	} `json:"verificationResults"`
}

func (h *handwritten) qolo(ctx context.Context) (string, error) {
	return h.perform(ctx, qoloInput{
		PerformKYC:      true,
		ProgramGUID:     "3fa0d2ea-ffcf-485d-94ed-dbf4f861ad2f",
		Identifications: []qoloIdentification{{GovtIDType: "NOTPROVIDED", GovtIDNumber: "123456789"}},
	})
}

func (h *handwritten) perform(ctx context.Context, input qoloInput) (string, error) {
	var details qoloDetails
	_, err := h.to(QoloPerson, "/kyc").post(ctx, input, func(int) any { return &details })
	if err != nil {
		return "", err
	}
	checks := details.VerificationResults
	questions := checks[len(checks)-1].Questions
	return questions[len(questions)-1].Key, nil
}

func uploadHandwritten(images Images, transport http.RoundTripper, baseURL string) (Exchange, error) {
	h, err := newHandwritten(facade.Qolo, transport, baseURL)
	return func(ctx context.Context) (string, error) {
		document := qoloDocument{DocumentType: "PASSPORT", FileType: "BMP"}
		for _, member := range []*[]byte{&document.Front, &document.Back, &document.FaceImage}[:images.Count] {
			if *member, err = images.Read(); err != nil {
				return "", err
			}
		}
		return h.perform(ctx, qoloInput{PerformKYC: true, Document: &document})
	}, err
}

type vaultStarted struct {
	Result string `json:"result"`
}

type vaultProblem struct {
	Message         string                    `json:"message"`
	Field           string                    `json:"field"`
	ErrorID         int                       `json:"errorId"`
	SystemID        string                    `json:"systemId"`
	OriginalMessage string                    `json:"originalMessage"`
	ErrorStackTrace string                    `json:"errorStackTrace"`
	Data            map[string]map[string]any `json:"data"`
	Error           string                    `json:"error"`
}

func (h *handwritten) vault(ctx context.Context) (string, error) {
	var started vaultStarted
	var problem vaultProblem
	status, err := h.with("Authorization", "Bearer "+VaultToken).post(ctx, nil, func(status int) any {
		if status == http.StatusOK {
			return &started
		}
		return &problem
	})
	switch {
	case err != nil:
		return "", err
	case status == http.StatusOK:
		return started.Result, nil
	default:
		return problem.Field, nil
	}
}

type xgatewayProblem struct {
	Success bool `json:"success"`
	Errors  []struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"errors"`
}

func (h *handwritten) xgateway(ctx context.Context) (string, error) {
	var problem xgatewayProblem
	status, err := h.to(XGatewayCustomer, "/bank-transfer/kyc/verification").post(ctx, nil, func(status int) any {
		if status == http.StatusNoContent {
			return nil
		}
		return &problem
	})
	switch {
	case err != nil:
		return "", err
	case status == http.StatusNoContent:
		return http.StatusText(status), nil
	default:
		return problem.Errors[0].Code, nil
	}
}
