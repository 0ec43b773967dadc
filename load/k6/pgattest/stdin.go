package pgattest

import (
	"io"
	"os"

	"go.k6.io/k6/v2/js/modules"
)

// followStdin stops the test in order when the process that started it is gone: the kernel closes its end of the pipe.
func followStdin(vu modules.VU) {
	look := vu.InitEnv().LookupEnv
	if look == nil {
		return
	}
	if value, _ := look("PGATTEST_STOP_WITH_STDIN"); value != "1" {
		return
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		if self, err := os.FindProcess(os.Getpid()); err == nil {
			_ = self.Signal(os.Interrupt)
		}
	}()
}
