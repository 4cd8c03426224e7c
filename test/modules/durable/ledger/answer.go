package ledger

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/kycstart/kycstart/facade"
)

// marks are the members of a start that a look-up at Rebilly returns.
type marks struct{ RedirectURL, Reason string }

func marksOf(body []byte) (m marks) {
	_ = json.Unmarshal(body, &m) // the other providers have other bodies, or none
	return m
}

type object map[string]any

// answerOf returns a provider's answer to a look-up of a customer with these processes.
func answerOf(key Key, processes []Process, header http.Header) []byte {
	var answer any
	switch key.Provider {
	case facade.Rebilly:
		header.Set("Pagination-Total", strconv.Itoa(len(processes)))
		header.Set("Pagination-Limit", "100")
		header.Set("Pagination-Offset", "0")
		list := []object{}
		for i, process := range processes {
			list = append(list, object{
				"id": "kyc_req_" + strconv.Itoa(i), "customerId": key.Customer, "documents": []object{{"type": "identity-proof"}},
				"status": "gathering", "redirectUrl": process.marks.RedirectURL, "reason": process.marks.Reason,
				"createdTime": process.Made.UTC().Format(time.RFC3339),
				"_links":      []object{{"rel": "gatherer", "href": "https://gather.example/kyc?token=gatherer-token"}},
			})
		}
		answer = list
	case facade.XGateway:
		status := "PENDING_KYC_DATA"
		if len(processes) > 0 {
			status = "KYC_PENDING"
		}
		answer = object{"success": true, "data": object{"id": "00000000-0000-0000-0000-000000000000", "status": status}}
	case facade.Vault:
		status := "UNDEFINED"
		if len(processes) > 0 {
			status = "UNDER_REVIEW"
		}
		answer = object{"kycLevel": "KYC_2", "kyc3ClientData": object{"status": status}}
	case facade.Qolo:
		checks := []object{}
		for _, process := range processes {
			checks = append(checks, object{
				"person_guid": key.Customer, "verification_method": "KBA", "verification_date": process.Made.UTC().Format(time.RFC3339),
				"questions": []object{{"prompt": "Where did you live in 2010?", "key": "street", "options": []string{"Elm", "Oak"}}},
			})
		}
		answer = object{"person_guid": key.Customer, "verificationResults": checks}
	}
	text, _ := json.Marshal(answer) // maps and texts always encode
	return text
}
