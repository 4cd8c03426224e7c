package facade

// RebillyDocumentType is what a document must prove. Others are refused before
// anything is sent.
type RebillyDocumentType string

// What a document can prove.
const (
	// RebillyIdentityProof proves who the customer is.
	RebillyIdentityProof RebillyDocumentType = "identity-proof"
	// RebillyAddressProof proves where they live.
	RebillyAddressProof RebillyDocumentType = "address-proof"
	// RebillyFundsProof proves where their money comes from.
	RebillyFundsProof RebillyDocumentType = "funds-proof"
	// RebillyPurchaseProof proves that they paid.
	RebillyPurchaseProof RebillyDocumentType = "purchase-proof"
	// RebillyCreditFileProof proves identity and address by a credit file.
	RebillyCreditFileProof RebillyDocumentType = "credit-file-proof" //nolint:gosec // a kind of document, and no credential
)

// RebillyDocumentSubtype is a kind of document. Others are refused before anything
// is sent.
type RebillyDocumentSubtype string

// The kinds of document.
const (
	// RebillyPassport is a passport.
	RebillyPassport RebillyDocumentSubtype = "passport"
	// RebillyIDCard is an identity card.
	RebillyIDCard RebillyDocumentSubtype = "id-card"
	// RebillyDriverLicense is a driver's licence.
	RebillyDriverLicense RebillyDocumentSubtype = "driver-license"
	// RebillyBirthCertificate is a birth certificate.
	RebillyBirthCertificate RebillyDocumentSubtype = "birth-certificate"
	// RebillyUtilityBill is a bill for power, water or the like.
	RebillyUtilityBill RebillyDocumentSubtype = "utility-bill"
	// RebillyRentalReceipt is a receipt for rent.
	RebillyRentalReceipt RebillyDocumentSubtype = "rental-receipt"
	// RebillyLeaseAgreement is a lease.
	RebillyLeaseAgreement RebillyDocumentSubtype = "lease-agreement"
	// RebillyCopyCreditCard is a copy of a credit card.
	RebillyCopyCreditCard RebillyDocumentSubtype = "copy-credit-card"
	// RebillyCreditCardStatement is a statement of a credit card.
	RebillyCreditCardStatement RebillyDocumentSubtype = "credit-card-statement"
	// RebillyBankStatement is a statement of a bank account.
	RebillyBankStatement RebillyDocumentSubtype = "bank-statement"
	// RebillyInheritanceDocumentation shows an inheritance.
	RebillyInheritanceDocumentation RebillyDocumentSubtype = "inheritance-documentation"
	// RebillyTaxReturn is a tax return.
	RebillyTaxReturn RebillyDocumentSubtype = "tax-return"
	// RebillySalarySlip is a pay slip.
	RebillySalarySlip RebillyDocumentSubtype = "salary-slip"
	// RebillySaleOfAssets shows that assets were sold.
	RebillySaleOfAssets RebillyDocumentSubtype = "sale-of-assets"
	// RebillyPublicHealthCard is a card of the public health service.
	RebillyPublicHealthCard RebillyDocumentSubtype = "public-health-card"
	// RebillyProofOfAgeCard is a card that shows the customer's age.
	RebillyProofOfAgeCard RebillyDocumentSubtype = "proof-of-age-card"
	// RebillyReverseOfID is the back of an identity document.
	RebillyReverseOfID RebillyDocumentSubtype = "reverse-of-id"
	// RebillyPublicService is a document of a public service.
	RebillyPublicService RebillyDocumentSubtype = "public-service"
	// RebillyEwalletHolderDetails shows who holds an e-wallet.
	RebillyEwalletHolderDetails RebillyDocumentSubtype = "ewallet-holder-details"
	// RebillyEwalletTransactionStatement is a statement of an e-wallet.
	RebillyEwalletTransactionStatement RebillyDocumentSubtype = "ewallet-transaction-statement"
	// RebillyMarriageCertificate is a marriage certificate.
	RebillyMarriageCertificate RebillyDocumentSubtype = "marriage-certificate"
	// RebillyFirearmsLicense is a firearms licence.
	RebillyFirearmsLicense RebillyDocumentSubtype = "firearms-license"
	// RebillyInsuranceLetter is a letter from an insurer.
	RebillyInsuranceLetter RebillyDocumentSubtype = "insurance-letter"
	// RebillyIncomeStatement is a statement of income.
	RebillyIncomeStatement RebillyDocumentSubtype = "income-statement"
	// RebillyDebtorsLetter is a letter about debts.
	RebillyDebtorsLetter RebillyDocumentSubtype = "debtors-letter"
	// RebillyOtherDocument is any other document.
	RebillyOtherDocument RebillyDocumentSubtype = "other"
)

// RebillyMatchLevel is how strictly documents are verified. What the numbers mean
// was swapped twice in the provider's documentation: look it up there. The zero
// value leaves it to the provider.
type RebillyMatchLevel int

// The match levels.
const (
	// RebillyMatchLevel1 is the provider's level 1.
	RebillyMatchLevel1 RebillyMatchLevel = 1
	// RebillyMatchLevel2 is the provider's level 2, its default by its other public
	// documentation.
	RebillyMatchLevel2 RebillyMatchLevel = 2
	// RebillyMatchLevel3 is the provider's level 3.
	RebillyMatchLevel3 RebillyMatchLevel = 3
)
