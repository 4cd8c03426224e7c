package intermediaries

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"testing"
)

// proxy is a program between the library and the origin.
type proxy struct {
	program string
	// configuration is a format. Its arguments are the settings of a case, the address to listen
	// at, the origin's address, and how long to wait for the origin's answer.
	configuration string
	arguments     []string
	// inherit is the variable that makes the program take its listening socket from file descriptor
	// 3.
	inherit string
}

var nginx = proxy{
	program: "nginx",
	configuration: `
daemon off;
user root; # the folder is nobody else's
pid nginx.pid;
error_log stderr crit;
events {}
http {
	access_log off;
	client_body_temp_path body;
	proxy_temp_path proxy;
	fastcgi_temp_path fastcgi;
	uwsgi_temp_path uwsgi;
	scgi_temp_path scgi;
	proxy_read_timeout %[4]s;
	upstream origin {
		server %[3]s;
		server %[3]s; # once more, for those that try another
	}
	server {
		listen %[2]s;
		%[1]s
	}
}
`,
	arguments: []string{"-p", ".", "-e", "stderr", "-c", "configuration"},
	inherit:   "NGINX=3;",
}

var haproxy = proxy{
	program: "haproxy",
	configuration: `
defaults
	mode http
	timeout client 10s
	timeout connect 10s
	timeout server %[4]s
listen proxy
	bind fd@3
	server origin %[3]s
	%[1]s
`,
	arguments: []string{"-db", "-f", "configuration"},
}

// path returns the file of the program, or nothing if there is none. Debian puts it into a folder
// that is only in root's search path.
func (p proxy) path() string {
	for _, name := range []string{p.program, "/usr/sbin/" + p.program} {
		if file, err := exec.LookPath(name); err == nil {
			return file
		}
	}
	return ""
}

// version returns the name and version of the program.
func (p proxy) version(t *testing.T) string {
	t.Helper()
	printed, err := exec.Command(p.path(), "-v").CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	return p.program + " " + regexp.MustCompile(`\d+(\.\d+)+`).FindString(string(printed))
}

// files are the files that settings may refer to, in the folder of the program.
var files = map[string]string{
	"page.html":  "<html><body>We will be back soon.</body></html>\n",
	"empty.html": "",
	"404.http": "HTTP/1.0 404 Not Found\r\nCache-Control: no-cache\r\nConnection: close\r\nContent-Type: text/html\r\n\r\n" +
		"<html><body>We will be back soon.</body></html>\n",
}

// start runs the program in front of an origin. It returns the URL and a function that stops the
// program. The URL may be used while the program is still starting, since its listening socket
// already exists.
func (p proxy) start(t *testing.T, settings, origin, timeout string) (url string, stop func()) {
	t.Helper()
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	socket, err := listener.File()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = socket.Close() }()

	folder := t.TempDir()
	write := func(name, content string) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("configuration", fmt.Sprintf(p.configuration, settings, listener.Addr(), origin, timeout))
	for name, content := range files {
		write(name, content)
	}
	var printed bytes.Buffer
	cmd := exec.Command(p.path(), p.arguments...)
	cmd.Dir, cmd.Env = folder, append(os.Environ(), p.inherit)
	cmd.Stdout, cmd.Stderr = &printed, &printed
	cmd.ExtraFiles = []*os.File{socket}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait() // HAProxy dies from the signal, which is fine
		if t.Failed() && printed.Len() > 0 {
			t.Logf("%s printed:\n%s", p.program, printed.String())
		}
	})
	t.Cleanup(stop)
	return "http://" + listener.Addr().String(), stop
}
