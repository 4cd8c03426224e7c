package peers

import (
	"context"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/modules/bench"
	"github.com/kycstart/kycstart/test/modules/bench/peers/generated/autorest/forte"
	"github.com/kycstart/kycstart/test/modules/bench/peers/generated/autorest/qolo"
	"github.com/kycstart/kycstart/test/modules/bench/peers/generated/autorest/rebilly"
	"github.com/kycstart/kycstart/test/modules/bench/peers/generated/autorest/vault"
	"github.com/kycstart/kycstart/test/modules/bench/peers/generated/autorest/xgateway"
)

// headers is a policy that sets one header.
type headers struct {
	name  string
	value func() string
}

// Do implements [policy.Policy].
func (h headers) Do(req *policy.Request) (*http.Response, error) {
	req.Raw().Header.Set(h.name, h.value())
	return req.Next()
}

func prepareAutoRest(p facade.Provider, transport http.RoundTripper, baseURL string) (bench.Exchange, error) {
	name, value := credential(p)
	give := func() string { return value }
	if p == facade.Vault {
		give = func() string { return "Bearer " + bench.VaultToken }
	}
	options := &azcore.ClientOptions{
		Transport:       &http.Client{Transport: transport},
		Retry:           policy.RetryOptions{MaxRetries: -1}, // a start is sent once
		PerCallPolicies: []policy.Policy{headers{name, give}},
	}
	switch p {
	case facade.Rebilly:
		c, err := rebilly.New(baseURL+"/organizations/acme", options)
		return autoRestRebilly(c), err
	case facade.Forte:
		c, err := forte.New(baseURL, options)
		return autoRestForte(c), err
	case facade.Qolo:
		c, err := qolo.New(baseURL, options)
		return autoRestQolo(c), err
	case facade.Vault:
		c, err := vault.New(baseURL, options)
		return autoRestVault(c), err
	default:
		c, err := xgateway.New(baseURL+"/api/v2", options)
		return autoRestXGateway(c), err
	}
}

func autoRestRebilly(c *rebilly.KYCRequestsClient) bench.Exchange {
	return func(ctx context.Context) (string, error) {
		res, err := c.CreateKYCRequest(ctx, rebilly.KYCRequestInput{
			CustomerID: of(bench.RebillyCustomer),
			Documents: []*rebilly.KYCDocument{{
				Type:                 of(rebilly.DocumentTypeIdentityProof),
				Subtypes:             []*rebilly.DocumentSubtype{of(rebilly.DocumentSubtypePassport)},
				MaxAttempts:          new(int32),
				FaceLivenessRequired: new(bool),
			}},
			RedirectURL: of("https://shop.example/kyc/done"),
			Reason:      of("spend limit"),
			MatchLevel:  of(rebilly.MatchLevel(2)),
		}, nil)
		if err != nil {
			return "", err
		}
		switch value := res.Value.(type) {
		case rebilly.KYCRequest:
			for _, link := range value.Links {
				if *link.Rel == rebilly.LinkRelGatherer {
					return *link.Href, nil
				}
			}
		case rebilly.InvalidFieldsProblem:
			return *value.InvalidFields[len(value.InvalidFields)-1].Message, nil
		}
		return "", nil
	}
}

func autoRestForte(c *forte.PaymentsAPIClient) bench.Exchange {
	return func(ctx context.Context) (string, error) {
		res, err := c.StartKycWorkflow(ctx, forte.StartKycWorkflowRequest{
			Action: &forte.KycAction{Type: of(forte.KycActionTypeOCCRULESENGINE), Level: of(int32(1))},
			Customer: &forte.KycCustomer{
				ExternalID: of(bench.ForteCustomer),
				Wallet: &forte.Wallet{
					Blockchain: of(forte.BlockchainSepolia),
					Address:    of("0xaac17f958d2ee523a2206206994597c13d831ec2"),
				},
			},
		}, nil)
		if err != nil {
			return "", err
		}
		switch value := res.Value.(type) {
		case forte.KycWorkflowStarted:
			return *value.Data.WidgetData, nil
		case forte.ERR01:
			return *value.Error.Code, nil
		}
		return "", nil
	}
}

func autoRestQolo(c *qolo.KYCClient) bench.Exchange {
	return func(ctx context.Context) (string, error) {
		res, err := c.PerformKYC(ctx, bench.QoloPerson, "v1", &qolo.KYCClientPerformKYCOptions{Body: &qolo.PerformKYCRequest{
			PerformKyc:      of(true),
			ProgramGUID:     of("3fa0d2ea-ffcf-485d-94ed-dbf4f861ad2f"),
			Identifications: []*qolo.PersonIdentificationDTO{{GovtIDType: of("NOTPROVIDED"), GovtIDNumber: of("123456789")}},
		}})
		if err != nil {
			return "", err
		}
		checks := res.VerificationResults
		questions := checks[len(checks)-1].Questions
		return *questions[len(questions)-1].Key, nil
	}
}

func autoRestVault(c *vault.KYC3Client) bench.Exchange {
	return func(ctx context.Context) (string, error) {
		res, err := c.StartKYC3(ctx, nil)
		if err != nil {
			return "", err
		}
		switch value := res.Value.(type) {
		case vault.StartResult:
			return *value.Result, nil
		case vault.Error:
			return *value.Field, nil
		}
		return "", nil
	}
}

func autoRestXGateway(c *xgateway.ExternalAPIClient) bench.Exchange {
	return func(ctx context.Context) (string, error) {
		res, err := c.StartKycVerification(ctx, bench.XGatewayCustomer, nil)
		if err != nil {
			return "", err
		}
		if value, ok := res.Value.(xgateway.AppErrorResponse); ok {
			return *value.Errors[0].Code, nil
		}
		return http.StatusText(started), nil
	}
}
