// Reads a compose file as `docker compose config --quiet` does, with the same library: exit code 0, or what is wrong with it.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	if err := read(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func read(files []string) error {
	options, err := cli.NewProjectOptions(files, cli.WithOsEnv, cli.WithInterpolation(true),
		cli.WithNormalization(true), cli.WithConsistency(true), cli.WithResolvedPaths(true))
	if err != nil {
		return err
	}
	_, err = options.LoadProject(context.Background())
	return err
}
