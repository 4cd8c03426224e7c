package bench

import (
	"context"
	"encoding/base64"
	"net/http"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/gen/forte"
	"github.com/kycstart/kycstart/gen/qolo"
	"github.com/kycstart/kycstart/gen/rebilly"
	"github.com/kycstart/kycstart/gen/vault"
	"github.com/kycstart/kycstart/gen/xgateway"
)

// prepareGenerated is the client in gen, used as its own documentation says: the ...WithResponse
// call, with an http.Client.
func prepareGenerated(p facade.Provider, client *http.Client, baseURL string) Exchange {
	switch p {
	case facade.Rebilly:
		return generatedRebilly(client, baseURL)
	case facade.Forte:
		return generatedForte(client, baseURL)
	case facade.Qolo:
		return generatedQolo(client, baseURL)
	case facade.Vault:
		return generatedVault(client, baseURL)
	default:
		return generatedXGateway(client, baseURL)
	}
}

func setHeader(name, value string) func(context.Context, *http.Request) error {
	return func(_ context.Context, req *http.Request) error {
		req.Header.Set(name, value)
		return nil
	}
}

func generatedRebilly(client *http.Client, baseURL string) Exchange {
	c := Must(rebilly.NewClientWithResponses(baseURL+"/organizations/acme", rebilly.WithHTTPClient(client),
		rebilly.WithRequestEditorFn(setHeader("Reb-Apikey", "reb-test-key")),
		rebilly.WithRequestEditorFn(setHeader("Accept", "application/json, application/problem+json"))))
	return func(ctx context.Context) (string, error) {
		redirect, reason, level := "https://shop.example/kyc/done", "spend limit", rebilly.MatchLevelTwo
		res, err := c.CreateKYCRequestWithResponse(ctx, nil, rebilly.KYCRequestInput{
			CustomerID: RebillyCustomer,
			Documents: []rebilly.KYCDocument{{
				Type: rebilly.DocumentTypeIdentityProof, Subtypes: []rebilly.DocumentSubtype{rebilly.DocumentSubtypePassport},
				MaxAttempts: new(int), FaceLivenessRequired: new(bool),
			}},
			RedirectURL: &redirect,
			Reason:      &reason,
			MatchLevel:  &level,
		})
		switch {
		case err != nil:
			return "", err
		case res.JSON201 != nil:
			for _, link := range res.JSON201.Links {
				if *link.Rel == rebilly.LinkRelGatherer {
					return *link.Href, nil
				}
			}
		case res.JSON422 != nil:
			return *res.JSON422.InvalidFields[len(res.JSON422.InvalidFields)-1].Message, nil
		}
		return "", nil
	}
}

func generatedForte(client *http.Client, baseURL string) Exchange {
	c := Must(forte.NewClientWithResponses(baseURL, forte.WithHTTPClient(client),
		forte.WithRequestEditorFn(setHeader("Authorization", "Bearer forte-test-token")),
		forte.WithRequestEditorFn(setHeader("Accept", "application/json"))))
	return func(ctx context.Context) (string, error) {
		res, err := c.StartKYCWorkflowWithResponse(ctx, forte.StartKYCWorkflowRequest{
			Action: forte.KYCAction{Type: forte.KYCActionTypeOCCRulesEngine, Level: 1},
			Customer: forte.KYCCustomer{
				ExternalID: ForteCustomer,
				Wallet:     forte.Wallet{Blockchain: forte.BlockchainSepolia, Address: "0xaac17f958d2ee523a2206206994597c13d831ec2"},
			},
		})
		switch {
		case err != nil:
			return "", err
		case res.JSON201 != nil:
			return *res.JSON201.Data.WidgetData, nil
		case res.JSON403 != nil:
			return string(res.JSON403.Error.Code), nil
		}
		return "", nil
	}
}

func generatedQolo(client *http.Client, baseURL string) Exchange {
	c := qoloClient(client, baseURL)
	return func(ctx context.Context) (string, error) {
		perform, program, idType, number := true, "3fa0d2ea-ffcf-485d-94ed-dbf4f861ad2f", "NOTPROVIDED", "123456789"
		return lastQuestion(c.PerformKYCWithResponse(ctx, "v1", QoloPerson, nil, qolo.PerformKYCRequest{
			PerformKYC:      &perform,
			ProgramGUID:     &program,
			Identifications: []qolo.PersonIdentification{{GovtIDType: &idType, GovtIDNumber: &number}},
		}))
	}
}

func uploadGenerated(images images, client *http.Client, baseURL string) Exchange {
	c := qoloClient(client, baseURL)
	return func(ctx context.Context) (string, error) {
		perform, documentType, fileType := true, "PASSPORT", "BMP"
		document := qolo.Document{DocumentType: &documentType, FileType: &fileType}
		for _, member := range []**string{&document.Front, &document.Back, &document.FaceImage}[:images.count] {
			text := base64.StdEncoding.EncodeToString(images.read())
			*member = &text
		}
		return lastQuestion(c.PerformKYCWithResponse(ctx, "v1", QoloPerson, nil, qolo.PerformKYCRequest{PerformKYC: &perform, Document: &document}))
	}
}

func qoloClient(client *http.Client, baseURL string) *qolo.ClientWithResponses {
	return Must(qolo.NewClientWithResponses(baseURL, qolo.WithHTTPClient(client),
		qolo.WithRequestEditorFn(setHeader("Authorization", "Bearer qolo-test-token")),
		qolo.WithRequestEditorFn(setHeader("Accept", "application/json"))))
}

func lastQuestion(res *qolo.PerformKYCHTTPResult, err error) (string, error) {
	if err != nil || res.JSON200 == nil {
		return "", err
	}
	checks := res.JSON200.VerificationResults
	questions := checks[len(checks)-1].Questions
	return *questions[len(questions)-1].Key, nil
}

func generatedVault(client *http.Client, baseURL string) Exchange {
	c := Must(vault.NewClientWithResponses(baseURL, vault.WithHTTPClient(client),
		vault.WithRequestEditorFn(setHeader("Content-Type", "application/json")),
		vault.WithRequestEditorFn(setHeader("Accept", "application/json"))))
	return func(ctx context.Context) (string, error) {
		// The token belongs to the customer, so it is set for each call.
		res, err := c.StartKYC3WithResponse(ctx, setHeader("Authorization", "Bearer "+VaultToken))
		switch {
		case err != nil:
			return "", err
		case res.JSON200 != nil:
			return *res.JSON200.Result, nil
		case res.JSON400 != nil:
			return *res.JSON400.Message, nil
		}
		return "", nil
	}
}

func generatedXGateway(client *http.Client, baseURL string) Exchange {
	c := Must(xgateway.NewClientWithResponses(baseURL+"/api/v2", xgateway.WithHTTPClient(client),
		xgateway.WithRequestEditorFn(setHeader("X-Api-Key", "xgw-test-key")),
		xgateway.WithRequestEditorFn(setHeader("Accept", "application/json"))))
	return func(ctx context.Context) (string, error) {
		res, err := c.StartKYCVerificationWithResponse(ctx, XGatewayCustomer)
		switch {
		case err != nil:
			return "", err
		case res.JSON400 != nil:
			return res.JSON400.Errors[0].Code, nil
		}
		return http.StatusText(res.StatusCode()), nil
	}
}
