package durable

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/kycstart/kycstart/facade"
)

// NewSeal returns a cipher that seals with a key of 32 bytes (AES-GCM). Keep the key with the
// application's credentials, and never in the database. After about four billion texts it needs a
// new key.
func NewSeal(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// seal returns a text that only the key opens, and only in this place of this row.
func (s *Intents) seal(intent *Intent, place string, text []byte) string {
	sealed := s.Seal.Seal(nil, nil, text, placeOf(intent, place)) //nolint:gosec // G407: it makes its own random nonce
	return base64.StdEncoding.EncodeToString(sealed)
}

func (s *Intents) open(intent *Intent, place, sealed string) ([]byte, error) {
	text, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", place, err)
	}
	return s.Seal.Open(nil, nil, text, placeOf(intent, place))
}

func placeOf(intent *Intent, place string) []byte {
	return fmt.Appendf(nil, "%q %q %q", intent.Customer, intent.Provider, place)
}

func (s *Intents) sealJSON(intent *Intent, place string, value any) (string, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return "", err
	}
	return s.seal(intent, place, text), nil
}

func (s *Intents) sealRequest(intent *Intent) (string, error) {
	text, err := facade.MarshalRequest(intent.Request)
	if err != nil {
		return "", err
	}
	return s.seal(intent, "request", text), nil
}
