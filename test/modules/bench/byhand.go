package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// byHand is the lower limit: the code of a programmer who calls one provider and wants what the
// facade's results hold, with a deadline and a limit. It reads members without pointers, since
// nobody here asks which were absent.
type byHand struct {
	client        *http.Client
	before, after string // the parts of the URL around the customer, or all of it
	header        http.Header
}

func prepareByHand(p facade.Provider, client *http.Client, baseURL string) Exchange {
	r, _ := fixtures.Request(p, "")
	h := byHand{client: client, before: baseURL + r.URL.RequestURI(), header: r.Header}
	switch p {
	case facade.Rebilly:
		return h.rebilly
	case facade.Forte:
		return h.forte
	case facade.Qolo:
		h.before, h.after, _ = strings.Cut(h.before, QoloPerson)
		return h.qolo
	case facade.Vault:
		return h.vault
	default:
		h.before, h.after, _ = strings.Cut(h.before, XGatewayCustomer)
		return h.xgateway
	}
}

// post sends input as JSON, if there is any. It decodes the answer into then if it has this status,
// and otherwise into the other value, if there is one.
func (h byHand) post(ctx context.Context, address string, input any, status int, then, otherwise any) (expected bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	var body io.Reader
	if input != nil {
		text, err := json.Marshal(input)
		if err != nil {
			return false, err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, body)
	if err != nil {
		return false, err
	}
	maps.Copy(req.Header, h.header)
	resp, err := h.client.Do(req)
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	into := otherwise
	if expected = resp.StatusCode == status; expected {
		into = then
	}
	if into == nil || err != nil {
		return expected, err
	}
	return expected, json.Unmarshal(text, into)
}

type rebillyInput struct {
	CustomerID  string            `json:"customerId"`
	Documents   []rebillyDocument `json:"documents"`
	MatchLevel  int               `json:"matchLevel,omitempty"`
	Reason      string            `json:"reason,omitempty"`
	RedirectURL string            `json:"redirectUrl,omitempty"`
}

// rebillyDocument is a document to ask for. In it, 0 and false differ from absent.
type rebillyDocument struct {
	Type                 string   `json:"type"`
	Subtypes             []string `json:"subtypes,omitempty"`
	MaxAttempts          *int     `json:"maxAttempts,omitempty"`
	FaceLivenessRequired *bool    `json:"faceLivenessRequired,omitempty"`
}

func (h byHand) rebilly(ctx context.Context) (string, error) {
	var started struct {
		ID             string `json:"id"`
		CustomerID     string `json:"customerId"`
		Status         string `json:"status"`
		MatchLevel     int    `json:"matchLevel"`
		ExpirationTime string `json:"expirationTime"`
		Links          []struct {
			Href string `json:"href"`
			Rel  string `json:"rel"`
		} `json:"_links"`
	}
	var problem struct {
		Type          string `json:"type"`
		Title         string `json:"title"`
		Detail        string `json:"detail"`
		InvalidFields []struct {
			Field   string `json:"field"`
			Message string `json:"message"`
		} `json:"invalidFields"`
	}
	created, err := h.post(ctx, h.before, rebillyInput{
		CustomerID: RebillyCustomer,
		Documents: []rebillyDocument{{
			Type: "identity-proof", Subtypes: []string{"passport"}, MaxAttempts: new(int), FaceLivenessRequired: new(bool),
		}},
		RedirectURL: "https://shop.example/kyc/done",
		Reason:      "spend limit",
		MatchLevel:  2,
	}, http.StatusCreated, &started, &problem)
	if err != nil {
		return "", err
	}
	if !created {
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

func (h byHand) forte(ctx context.Context) (string, error) {
	var input forteInput
	input.Action.Type, input.Action.Level = "OCC_RULES_ENGINE", 1
	input.Customer.ExternalID = ForteCustomer
	input.Customer.Wallet.Blockchain = "sepolia"
	input.Customer.Wallet.Address = "0xaac17f958d2ee523a2206206994597c13d831ec2"
	var started struct {
		Data struct {
			ErrorCode  string `json:"error_code"`
			WidgetData string `json:"widget_data"`
		} `json:"data"`
	}
	var problem struct {
		Error struct {
			Code    json.RawMessage `json:"code"` // a number or a text
			Message string          `json:"message"`
		} `json:"error"`
	}
	created, err := h.post(ctx, h.before, input, http.StatusCreated, &started, &problem)
	if created {
		return started.Data.WidgetData, err
	}
	return string(problem.Error.Code), err
}

type qoloInput struct {
	PerformKYC      bool                 `json:"perform_kyc"`
	ProgramGUID     string               `json:"program_guid,omitempty"`
	Identifications []qoloIdentification `json:"identifications,omitempty"`
}

type qoloIdentification struct {
	GovtIDType   string `json:"govt_id_type"`
	GovtIDNumber string `json:"govt_id_number"`
}

func (h byHand) qolo(ctx context.Context) (string, error) {
	var details struct {
		PersonGUID          string `json:"person_guid"`
		VerificationLevel   string `json:"verification_level"`
		VerificationResults []struct {
			PersonGUID          string `json:"person_guid"`
			VerificationMethod  string `json:"verification_method"`
			VerificationDate    string `json:"verification_date"`
			DocumentType        string `json:"document_type"`
			ResponseCode        string `json:"response_code"`
			VerificationResults string `json:"verification_results"`
			ReasonCode          string `json:"reason_code"`
			ProviderReference   string `json:"provider_reference"`
			ProviderName        string `json:"provider_name"`
			Questions           []struct {
				Prompt  string   `json:"prompt"`
				Key     string   `json:"key"`
				Options []string `json:"options"`
			} `json:"questions"`
		} `json:"verificationResults"`
	}
	ok, err := h.post(ctx, h.before+url.PathEscape(QoloPerson)+h.after, qoloInput{
		PerformKYC:      true,
		ProgramGUID:     "3fa0d2ea-ffcf-485d-94ed-dbf4f861ad2f",
		Identifications: []qoloIdentification{{GovtIDType: "NOTPROVIDED", GovtIDNumber: "123456789"}},
	}, http.StatusOK, &details, nil)
	if !ok || err != nil {
		return "", err
	}
	checks := details.VerificationResults
	questions := checks[len(checks)-1].Questions
	return questions[len(questions)-1].Key, nil
}

func (h byHand) vault(ctx context.Context) (string, error) {
	var started struct {
		Result string `json:"result"`
	}
	var problem struct {
		Message string `json:"message"`
		Field   string `json:"field"`
		ErrorID int    `json:"errorId"`
		Error   string `json:"error"`
	}
	header := maps.Clone(h.header)
	header["Authorization"] = []string{"Bearer " + VaultToken} // the customer's token
	ok, err := byHand{client: h.client, header: header}.post(ctx, h.before, nil, http.StatusOK, &started, &problem)
	if ok {
		return started.Result, err
	}
	return problem.Message, err
}

func (h byHand) xgateway(ctx context.Context) (string, error) {
	var problem struct {
		Success bool `json:"success"`
		Errors  []struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"errors"`
	}
	started, err := h.post(ctx, h.before+url.PathEscape(XGatewayCustomer)+h.after, nil, http.StatusNoContent, nil, &problem)
	if started || err != nil {
		return http.StatusText(http.StatusNoContent), err
	}
	return problem.Errors[0].Code, nil
}
