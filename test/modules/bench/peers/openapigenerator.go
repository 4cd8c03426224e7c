package peers

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/modules/bench"
	"github.com/kycstart/kycstart/test/modules/bench/peers/generated/openapigenerator/forte"
	"github.com/kycstart/kycstart/test/modules/bench/peers/generated/openapigenerator/qolo"
	"github.com/kycstart/kycstart/test/modules/bench/peers/generated/openapigenerator/rebilly"
	"github.com/kycstart/kycstart/test/modules/bench/peers/generated/openapigenerator/vault"
	"github.com/kycstart/kycstart/test/modules/bench/peers/generated/openapigenerator/xgateway"
)

func prepareOpenAPIGenerator(p facade.Provider, transport http.RoundTripper, baseURL string) (bench.Exchange, error) {
	u, err := url.Parse(baseURL)
	if err != nil {
		return nil, err
	}
	client := &http.Client{Transport: transport}
	name, value := credential(p)
	switch p {
	case facade.Rebilly:
		c := rebilly.NewConfiguration()
		c.HTTPClient, c.Scheme, c.Host, c.DefaultHeader[name] = client, u.Scheme, u.Host, value
		c.Servers = rebilly.ServerConfigurations{{URL: baseURL + "/organizations/acme"}}
		return oagRebilly(rebilly.NewAPIClient(c)), nil
	case facade.Forte:
		c := forte.NewConfiguration()
		c.HTTPClient, c.Scheme, c.Host, c.DefaultHeader[name] = client, u.Scheme, u.Host, value
		c.Servers = forte.ServerConfigurations{{URL: baseURL}}
		return oagForte(forte.NewAPIClient(c)), nil
	case facade.Qolo:
		c := qolo.NewConfiguration()
		c.HTTPClient, c.Scheme, c.Host, c.DefaultHeader[name] = client, u.Scheme, u.Host, value
		c.Servers = qolo.ServerConfigurations{{URL: baseURL}}
		return oagQolo(qolo.NewAPIClient(c)), nil
	case facade.Vault:
		c := vault.NewConfiguration()
		c.HTTPClient, c.Scheme, c.Host = client, u.Scheme, u.Host
		c.Servers = vault.ServerConfigurations{{URL: baseURL}}
		return oagVault(vault.NewAPIClient(c)), nil
	default:
		c := xgateway.NewConfiguration()
		c.HTTPClient, c.Scheme, c.Host, c.DefaultHeader[name] = client, u.Scheme, u.Host, value
		c.Servers = xgateway.ServerConfigurations{{URL: baseURL + "/api/v2"}}
		return oagXGateway(xgateway.NewAPIClient(c)), nil
	}
}

func oagRebilly(c *rebilly.APIClient) bench.Exchange {
	return func(ctx context.Context) (string, error) {
		res, _, err := c.KYCRequestsApi.CreateKYCRequest(ctx).KYCRequestInput(rebilly.KYCRequestInput{
			CustomerId: bench.RebillyCustomer,
			Documents: []rebilly.KYCDocument{{
				Type:                 rebilly.DOCUMENTTYPE_IDENTITY_PROOF,
				Subtypes:             []rebilly.DocumentSubtype{rebilly.DOCUMENTSUBTYPE_PASSPORT},
				MaxAttempts:          new(int32),
				FaceLivenessRequired: new(bool),
			}},
			RedirectUrl: *rebilly.NewNullableString(of("https://shop.example/kyc/done")),
			Reason:      *rebilly.NewNullableString(of("spend limit")),
			MatchLevel:  of(rebilly.MatchLevel(2)),
		}).Execute()
		var failed rebilly.GenericOpenAPIError
		if errors.As(err, &failed) {
			if problem, ok := failed.Model().(rebilly.InvalidFieldsProblem); ok {
				fields := *problem.InvalidFields
				return *fields[len(fields)-1].Message, nil
			}
		}
		if err != nil {
			return "", err
		}
		for _, link := range *res.Links {
			if *link.Rel == "gatherer" {
				return *link.Href, nil
			}
		}
		return "", nil
	}
}

func oagForte(c *forte.APIClient) bench.Exchange {
	return func(ctx context.Context) (string, error) {
		res, _, err := c.ForteComplianceApi.StartKycWorkflow(ctx).StartKycWorkflowRequest(forte.StartKycWorkflowRequest{
			Action: forte.KycAction{Type: "OCC_RULES_ENGINE", Level: 1},
			Customer: forte.KycCustomer{
				ExternalId: bench.ForteCustomer,
				Wallet:     forte.Wallet{Blockchain: "sepolia", Address: "0xaac17f958d2ee523a2206206994597c13d831ec2"},
			},
		}).Execute()
		var failed forte.GenericOpenAPIError
		if errors.As(err, &failed) {
			if banned, ok := failed.Model().(forte.ERR01); ok {
				return banned.Error.Code, nil
			}
		}
		if err != nil {
			return "", err
		}
		return *res.Data.WidgetData.Get(), nil
	}
}

func oagQolo(c *qolo.APIClient) bench.Exchange {
	return func(ctx context.Context) (string, error) {
		res, _, err := c.KYCApi.PerformKYC(ctx, bench.QoloPerson, "v1").PerformKYCRequest(qolo.PerformKYCRequest{
			PerformKyc:      of(true),
			ProgramGuid:     of("3fa0d2ea-ffcf-485d-94ed-dbf4f861ad2f"),
			Identifications: []qolo.PersonIdentificationDTO{{GovtIdType: of("NOTPROVIDED"), GovtIdNumber: of("123456789")}},
		}).Execute()
		if err != nil {
			return "", err
		}
		checks := *res.VerificationResults
		questions := *checks[len(checks)-1].Questions
		return *questions[len(questions)-1].Key, nil
	}
}

func oagVault(c *vault.APIClient) bench.Exchange {
	return func(ctx context.Context) (string, error) {
		ctx = context.WithValue(ctx, vault.ContextAccessToken, bench.VaultToken)
		res, _, err := c.KYCApi.StartKYC3(ctx).Execute()
		var failed vault.GenericOpenAPIError
		if errors.As(err, &failed) {
			if problem, ok := failed.Model().(vault.Error); ok {
				return *problem.Field, nil
			}
		}
		if err != nil {
			return "", err
		}
		return *res.Result, nil
	}
}

func oagXGateway(c *xgateway.APIClient) bench.Exchange {
	return func(ctx context.Context) (string, error) {
		res, err := c.CustomerApi.StartKycVerification(ctx, bench.XGatewayCustomer).Execute()
		var failed xgateway.GenericOpenAPIError
		if errors.As(err, &failed) {
			if problem, ok := failed.Model().(xgateway.AppErrorResponse); ok {
				return problem.Errors[0].Code, nil
			}
		}
		if err != nil {
			return "", err
		}
		return http.StatusText(res.StatusCode), nil
	}
}
