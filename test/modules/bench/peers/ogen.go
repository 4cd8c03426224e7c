package peers

import (
	"context"
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/modules/bench"
	"github.com/kycstart/kycstart/test/modules/bench/peers/generated/ogen/forte"
	"github.com/kycstart/kycstart/test/modules/bench/peers/generated/ogen/qolo"
	"github.com/kycstart/kycstart/test/modules/bench/peers/generated/ogen/rebilly"
	"github.com/kycstart/kycstart/test/modules/bench/peers/generated/ogen/vault"
	"github.com/kycstart/kycstart/test/modules/bench/peers/generated/ogen/xgateway"
)

// doer is the client that ogen's code calls, with one header more.
type doer struct {
	client http.Client
	name   string
	value  func() string
}

// Do sends a request.
func (d *doer) Do(req *http.Request) (*http.Response, error) {
	req.Header.Set(d.name, d.value())
	return d.client.Do(req)
}

func prepareOgen(p facade.Provider, transport http.RoundTripper, baseURL string) (bench.Exchange, error) {
	name, value := credential(p)
	client := &doer{http.Client{Transport: transport}, name, func() string { return value }}
	switch p {
	case facade.Rebilly:
		c, err := rebilly.NewClient(baseURL+"/organizations/acme", rebilly.WithClient(client))
		return ogenRebilly(c), err
	case facade.Forte:
		c, err := forte.NewClient(baseURL, forte.WithClient(client))
		return ogenForte(c), err
	case facade.Qolo:
		c, err := qolo.NewClient(baseURL, qolo.WithClient(client))
		return ogenQolo(c), err
	case facade.Vault:
		client.value = func() string { return "Bearer " + bench.VaultToken }
		c, err := vault.NewClient(baseURL, vault.WithClient(client))
		return ogenVault(c), err
	default:
		c, err := xgateway.NewClient(baseURL+"/api/v2", xgateway.WithClient(client))
		return ogenXGateway(c), err
	}
}

func ogenRebilly(c *rebilly.Client) bench.Exchange {
	return func(ctx context.Context) (string, error) {
		redirect, err := url.Parse("https://shop.example/kyc/done") // the type wants it parsed
		if err != nil {
			return "", err
		}
		res, err := c.CreateKYCRequest(ctx, &rebilly.KYCRequestInput{
			CustomerId: bench.RebillyCustomer,
			Documents: []rebilly.KYCDocument{{
				Type:                 rebilly.DocumentTypeIdentityProof,
				Subtypes:             rebilly.NewOptNilDocumentSubtypeArray([]rebilly.DocumentSubtype{rebilly.DocumentSubtypePassport}),
				MaxAttempts:          rebilly.NewOptInt(0),
				FaceLivenessRequired: rebilly.NewOptBool(false),
			}},
			RedirectUrl: rebilly.NewOptNilURI(*redirect),
			Reason:      rebilly.NewOptNilString("spend limit"),
			MatchLevel:  rebilly.NewOptMatchLevel(2),
		}, rebilly.CreateKYCRequestParams{})
		if err != nil {
			return "", err
		}
		switch value := res.(type) {
		case *rebilly.KYCRequest:
			for _, link := range value.Links {
				if link.Rel.Value == rebilly.LinkRelGatherer {
					return link.Href.Value.String(), nil
				}
			}
		case *rebilly.CreateKYCRequestApplicationJSONUnprocessableEntity:
			return value.InvalidFields[len(value.InvalidFields)-1].Message.Value, nil
		}
		return "", nil
	}
}

func ogenForte(c *forte.Client) bench.Exchange {
	return func(ctx context.Context) (string, error) {
		res, err := c.StartKycWorkflow(ctx, &forte.StartKycWorkflowRequest{
			Action: forte.KycAction{Type: forte.KycActionTypeOCCRULESENGINE, Level: 1},
			Customer: forte.KycCustomer{
				ExternalID: bench.ForteCustomer,
				Wallet: forte.Wallet{
					Blockchain: forte.BlockchainSepolia,
					Address:    "0xaac17f958d2ee523a2206206994597c13d831ec2",
				},
			},
		})
		if err != nil {
			return "", err
		}
		switch value := res.(type) {
		case *forte.KycWorkflowStarted:
			return value.Data.WidgetData.Value, nil
		case *forte.ERR01:
			return value.Error.Code, nil
		}
		return "", nil
	}
}

func ogenQolo(c *qolo.Client) bench.Exchange {
	return func(ctx context.Context) (string, error) {
		person, err := uuid.Parse(bench.QoloPerson) // the type wants them parsed
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
				GovtIDType:   qolo.NewOptString("NOTPROVIDED"),
				GovtIDNumber: qolo.NewOptString("123456789"),
			}}),
		}), qolo.PerformKYCParams{PersonGUID: person, Version: "v1"})
		if err != nil {
			return "", err
		}
		details, ok := res.(*qolo.KYCDetails)
		if !ok {
			return "", nil
		}
		checks := details.VerificationResults
		questions := checks[len(checks)-1].Questions
		return questions[len(questions)-1].Key.Value, nil
	}
}

func ogenVault(c *vault.Client) bench.Exchange {
	return func(ctx context.Context) (string, error) {
		res, err := c.StartKYC3(ctx)
		if err != nil {
			return "", err
		}
		switch value := res.(type) {
		case *vault.StartResult:
			return value.Result.Value, nil
		case *vault.Error:
			return value.Field.Value, nil
		}
		return "", nil
	}
}

func ogenXGateway(c *xgateway.Client) bench.Exchange {
	return func(ctx context.Context) (string, error) {
		res, err := c.StartKycVerification(ctx, xgateway.StartKycVerificationParams{ID: bench.XGatewayCustomer})
		if err != nil {
			return "", err
		}
		switch value := res.(type) {
		case *xgateway.StartKycVerificationNoContent:
			return http.StatusText(started), nil
		case *xgateway.StartKycVerificationBadRequest:
			return value.Errors[0].Code, nil
		}
		return "", nil
	}
}
