package bench

import (
	"context"
	"errors"
	"net/http"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

func newFacade(p facade.Provider, client *http.Client, baseURL string) *facade.Client {
	config := fixtures.Config(baseURL, p)
	config.HTTPClient = client
	return Must(facade.New(config))
}

func prepareFacade(p facade.Provider, client *http.Client, baseURL string) Exchange {
	c := newFacade(p, client, baseURL)
	return func(ctx context.Context) (string, error) {
		res, err := c.Start(ctx, startOf(p))
		if err == nil {
			return wordOf(res), nil
		}
		var e *facade.Error
		if errors.As(err, &e) && e.HTTPStatus != 0 {
			return wordOfError(e), nil
		}
		return "", err
	}
}

func uploadFacade(images images, client *http.Client, baseURL string) Exchange {
	c := newFacade(facade.Qolo, client, baseURL)
	return func(ctx context.Context) (string, error) {
		var sources [3]facade.QoloImage
		for i := range images.count {
			sources[i] = Must(facade.QoloImageFile(images.file)) //nolint:contextcheck // no call is under way yet
		}
		res, err := c.Start(ctx, facade.QoloRequest{PersonGUID: QoloPerson, Document: &facade.QoloDocument{
			DocumentType: "PASSPORT", FileType: "BMP", Front: sources[0], Back: sources[1], FaceImage: sources[2],
		}})
		if err != nil {
			return "", err
		}
		return wordOf(res), nil
	}
}

// startOf builds the request, as a caller does for each customer. It is the request of the
// fixtures.
func startOf(p facade.Provider) facade.Request {
	switch p {
	case facade.Rebilly:
		return facade.RebillyRequest{
			CustomerID: RebillyCustomer,
			Documents: []facade.RebillyDocument{{
				Type: "identity-proof", Subtypes: []facade.RebillyDocumentSubtype{"passport"},
				MaxAttempts: new(int), FaceLivenessRequired: new(bool),
			}},
			RedirectURL: "https://shop.example/kyc/done",
			Reason:      "spend limit",
			MatchLevel:  2,
		}
	case facade.Forte:
		return facade.ForteRequest{
			Action: facade.ForteAction{Type: "OCC_RULES_ENGINE", Level: 1},
			Customer: facade.ForteCustomer{
				ExternalID: ForteCustomer,
				Wallet:     facade.ForteWallet{Blockchain: "sepolia", Address: "0xaac17f958d2ee523a2206206994597c13d831ec2"},
			},
		}
	case facade.Qolo:
		return facade.QoloRequest{
			PersonGUID:      QoloPerson,
			ProgramGUID:     "3fa0d2ea-ffcf-485d-94ed-dbf4f861ad2f",
			Identifications: []facade.QoloIdentification{{GovtIDType: "NOTPROVIDED", GovtIDNumber: "123456789"}},
		}
	case facade.Vault:
		return facade.VaultRequest{Token: VaultToken}
	default:
		return facade.XGatewayRequest{ID: XGatewayCustomer}
	}
}

func wordOf(res *facade.Result) string {
	switch res.Next.Kind {
	case facade.NextRedirect:
		return res.Next.URL.Reveal()
	case facade.NextWidget:
		return res.Next.Widget.Reveal()
	case facade.NextAnswerQuestions:
		return res.Next.Questions[len(res.Next.Questions)-1].Key
	case facade.NextAwaitCallback:
		return http.StatusText(res.HTTPStatus)
	default:
		return res.ProviderStatus
	}
}

func wordOfError(e *facade.Error) string {
	if len(e.Fields) == 0 {
		return e.Code
	}
	return e.Fields[len(e.Fields)-1].Message
}
