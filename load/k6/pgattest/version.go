package pgattest

import "runtime/debug"

// k6Version is that of the k6 module this program was built with.
func k6Version() string {
	if info, known := debug.ReadBuildInfo(); known {
		for _, each := range info.Deps {
			if each.Path == "go.k6.io/k6/v2" {
				return each.Version
			}
		}
	}
	return "unknown"
}
