package facade

// The values of Qolo's words are from a copy of its OpenAPI document of 2022, which
// is public. Its documentation today shows one of each as a sample, and no list: any
// other text is sent as it is.

// QoloGovtIDType is the kind of an identity number issued by a government.
type QoloGovtIDType string

// The known kinds of identity number.
const (
	// QoloGovtIDNotProvided leaves the kind open.
	QoloGovtIDNotProvided QoloGovtIDType = "NOTPROVIDED"
	// QoloGovtIDPassport is the number of a passport.
	QoloGovtIDPassport QoloGovtIDType = "PASSPORT"
	// QoloGovtIDDriverLicense is the number of a driver's licence.
	QoloGovtIDDriverLicense QoloGovtIDType = "DRIVERLICENSE"
	// QoloGovtIDCountryID is a national identity number.
	QoloGovtIDCountryID QoloGovtIDType = "COUNTRYID"
)

// QoloDocumentType is the kind of an identity document.
type QoloDocumentType string

// The known kinds of identity document.
const (
	// QoloPassport is a passport.
	QoloPassport QoloDocumentType = "PASSPORT"
	// QoloDriverLicense is a driver's licence.
	QoloDriverLicense QoloDocumentType = "DRIVELIC"
	// QoloNationalID is a national identity document.
	QoloNationalID QoloDocumentType = "NATIONAL"
	// QoloCorporateDocument is a document of a company.
	QoloCorporateDocument QoloDocumentType = "CORPORATE"
	// QoloOtherDocument is any other document.
	QoloOtherDocument QoloDocumentType = "OTHER"
)

// QoloFileType is the format of the images of a document.
type QoloFileType string

// The known formats.
const (
	// QoloBMP is a bitmap.
	QoloBMP QoloFileType = "BMP"
	// QoloJPEG is a JPEG.
	QoloJPEG QoloFileType = "JPEG"
	// QoloPNG is a PNG.
	QoloPNG QoloFileType = "PNG"
	// QoloPDF is a PDF.
	QoloPDF QoloFileType = "PDF"
	// QoloJPG is a JPEG, by its other name.
	QoloJPG QoloFileType = "JPG"
	// QoloTIFF is a TIFF.
	QoloTIFF QoloFileType = "TIFF"
	// QoloGIF is a GIF.
	QoloGIF QoloFileType = "GIF"
	// QoloDOC is a document of Word.
	QoloDOC QoloFileType = "DOC"
	// QoloDOCX is a document of Word, in the newer format.
	QoloDOCX QoloFileType = "DOCX"
)
