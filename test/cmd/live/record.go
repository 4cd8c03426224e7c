package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
)

// record writes an answer and its want into the provider's folder of fixtures, or into its folder
// of rejected answers. It returns the name of the answer's file. It fails if a rejected answer keeps
// to the document now that its data is replaced, or the reverse.
func record(folder string, a fixtures.Case) (string, error) {
	if (len(contract.Response(a.Provider, "", a.Status, a.Header, a.Body)) > 0) != a.Rejected {
		return "", errors.New("not recorded: it changes the judgement of the answer when its data is replaced")
	}
	folder = filepath.Join(folder, a.Provider)
	if a.Rejected {
		folder = filepath.Join(folder, "rejected")
	}
	file, err := os.CreateTemp(folder, fmt.Sprintf("%03d_recorded_*.http", a.Status))
	if err != nil {
		return "", err
	}
	var header bytes.Buffer
	_ = a.Header.Write(&header) // memory takes everything
	_, err = fmt.Fprintf(file, "HTTP/1.1 %03d %s\nX-Fixture-Origin: live run on %s, data replaced\n%s\n%s",
		a.Status, http.StatusText(a.Status), time.Now().UTC().Format(time.DateOnly), strings.ReplaceAll(header.String(), "\r\n", "\n"), a.Body)
	want := strings.TrimSuffix(file.Name(), ".http") + ".want.json"
	return file.Name(), errors.Join(err, file.Close(), os.WriteFile(want, a.Want, 0o644))
}
