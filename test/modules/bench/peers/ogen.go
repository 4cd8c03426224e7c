package main

import (
	"context"
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/modules/bench"
	"github.com/kycstart/kycstart/test/modules/bench/peers/generated/forte"
	"github.com/kycstart/kycstart/test/modules/bench/peers/generated/qolo"
	"github.com/kycstart/kycstart/test/modules/bench/peers/generated/rebilly"
	"github.com/kycstart/kycstart/test/modules/bench/peers/generated/vault"
	"github.com/kycstart/kycstart/test/modules/bench/peers/generated/xgateway"
)

func prepareOgen(p facade.Provider, client *http.Client, baseURL string) bench.Exchange {
	d := newDoer(p, client)
	switch p {
	case facade.Rebilly:
		return ogenRebilly(bench.Must(rebilly.NewClient(baseURL+"/organizations/acme", rebilly.WithClient(d))))
	case facade.Forte:
		return ogenForte(bench.Must(forte.NewClient(baseURL, forte.WithClient(d))))
	case facade.Qolo:
		return ogenQolo(bench.Must(qolo.NewClient(baseURL, qolo.WithClient(d))))
	case facade.Vault:
		return ogenVault(bench.Must(vault.NewClient(baseURL, vault.WithClient(d))))
	default:
		return ogenXGateway(bench.Must(xgateway.NewClient(baseURL+"/api/v2", xgateway.WithClient(d))))
	}
}

func ogenRebilly(c *rebilly.Client) bench.Exchange {
	return func(ctx context.Context) (string, error) {
		redirect, err := url.Parse("https://shop.example/kyc/done") // the type wants a parsed URL
		if err != nil {
			return "", err
		}
		res, err := c.CreateKYCRequest(ctx, &rebilly.KYCRequestInput{
			CustomerId: bench.RebillyCustomer,
			Documents: []rebilly.KYCDocument{{
				Type:        rebilly.DocumentTypeIdentityProof,
				Subtypes:    rebilly.NewOptNilDocumentSubtypeArray([]rebilly.DocumentSubtype{rebilly.DocumentSubtypePassport}),
				MaxAttempts: rebilly.NewOptInt(0), FaceLivenessRequired: rebilly.NewOptBool(false),
			}},
			RedirectUrl: rebilly.NewOptNilURI(*redirect),
			Reason:      rebilly.NewOptNilString("spend limit"),
			MatchLevel:  rebilly.NewOptMatchLevel(2),
		}, rebilly.CreateKYCRequestParams{})
		switch value := res.(type) {
		case *rebilly.KYCRequestHeaders:
			for _, link := range value.Response.Links {
				if link.Rel.Value == rebilly.LinkRelGatherer {
					return link.Href.Value.String(), nil
				}
			}
		case *rebilly.CreateKYCRequestApplicationJSONUnprocessableEntity:
			return value.InvalidFields[len(value.InvalidFields)-1].Message.Value, nil
		}
		return "", err
	}
}

func ogenForte(c *forte.Client) bench.Exchange {
	return func(ctx context.Context) (string, error) {
		res, err := c.StartKycWorkflow(ctx, &forte.StartKycWorkflowRequest{
			Action: forte.KycAction{Type: forte.KycActionTypeOCCRULESENGINE, Level: 1},
			Customer: forte.KycCustomer{
				ExternalID: bench.ForteCustomer,
				Wallet:     forte.Wallet{Blockchain: forte.BlockchainSepolia, Address: "0xaac17f958d2ee523a2206206994597c13d831ec2"},
			},
		})
		switch value := res.(type) {
		case *forte.KycWorkflowStarted:
			return value.Data.WidgetData.Value, nil
		case *forte.ERR01:
			return value.Error.Code, nil
		}
		return "", err
	}
}

func ogenQolo(c *qolo.Client) bench.Exchange {
	return func(ctx context.Context) (string, error) {
		person, err := uuid.Parse(bench.QoloPerson) // the type wants parsed ids
		if err != nil {
			return "", err
		}
		program, err := uuid.Parse("3fa0d2ea-ffcf-485d-94ed-dbf4f861ad2f")
		if err != nil {
			return "", err
		}
		res, err := c.PerformKYC(ctx, qolo.NewOptPerformKYCRequest(qolo.PerformKYCRequest{
			PerformKyc:  qolo.NewOptBool(true),
			ProgramGUID: qolo.NewOptUUID(program),
			Identifications: qolo.NewOptNilPersonIdentificationDTOArray([]qolo.PersonIdentificationDTO{{
				GovtIDType: qolo.NewOptString("NOTPROVIDED"), GovtIDNumber: qolo.NewOptString("123456789"),
			}}),
		}), qolo.PerformKYCParams{PersonGUID: person, Version: "v1"})
		if err != nil {
			return "", err
		}
		checks := res.(*qolo.KYCDetails).VerificationResults.Value
		questions := checks[len(checks)-1].Questions.Value
		return questions[len(questions)-1].Key.Value, nil
	}
}

func ogenVault(c *vault.Client) bench.Exchange {
	return func(ctx context.Context) (string, error) {
		res, err := c.StartKYC3(ctx)
		switch value := res.(type) {
		case *vault.StartResult:
			return value.Result.Value, nil
		case *vault.Error:
			return value.Message.Value, nil
		}
		return "", err
	}
}

func ogenXGateway(c *xgateway.Client) bench.Exchange {
	return func(ctx context.Context) (string, error) {
		res, err := c.StartKycVerification(ctx, xgateway.StartKycVerificationParams{ID: bench.XGatewayCustomer})
		if value, ok := res.(*xgateway.StartKycVerificationBadRequest); ok {
			return value.Errors[0].Code, nil
		}
		return http.StatusText(http.StatusNoContent), err
	}
}
