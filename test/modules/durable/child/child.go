// Package child starts processes that do not outlive the one that started them, however
// that ends.
package child

import (
	"os/exec"
	"runtime"
	"sync"
	"syscall"
)

var (
	once    sync.Once
	asked   = make(chan *exec.Cmd)
	started = make(chan error)
	mu      sync.Mutex
)

// Start starts a command. When this process ends, the other one is killed.
func Start(c *exec.Cmd) error {
	// The kernel goes by the thread that started a child, so that one must stay.
	once.Do(func() {
		go func() {
			runtime.LockOSThread()
			for c := range asked {
				started <- c.Start()
			}
		}()
	})
	if c.SysProcAttr == nil {
		c.SysProcAttr = &syscall.SysProcAttr{}
	}
	c.SysProcAttr.Pdeathsig = syscall.SIGKILL
	mu.Lock()
	defer mu.Unlock()
	asked <- c
	return <-started
}
