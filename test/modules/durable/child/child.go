// Package child starts processes that end when the process that started them ends, in whatever way.
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

// Start starts a command. When this process ends, the started one is killed.
func Start(c *exec.Cmd) error {
	// The kernel goes by the thread that started a child, so that thread must not end.
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
