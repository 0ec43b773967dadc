// Command k6 is k6 with the module k6/x/pgattest in it.
package main

import (
	"go.k6.io/k6/v2/cmd"

	_ "pgattest/k6/pgattest"
)

func main() {
	cmd.Execute()
}
