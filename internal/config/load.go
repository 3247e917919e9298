package config

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/caarlos0/env/v11"
)

// fileSuffix ends the name of a variable that holds the path of a file with
// the value, as container platforms hand out secrets.
const fileSuffix = "_FILE"

// Load reads the configuration of a command: flags before environment before
// default. Every setting X can also be read from the file that X_FILE names;
// X itself wins. An empty value counts as absent, except in a flag.
//
// The error lists everything that is wrong, one line a variable. flag.ErrHelp
// means that the help was asked for and written to help.
func Load(command string, args []string, getenv func(string) string, help io.Writer) (Config, error) {
	return Command{Name: command}.Load(args, getenv, help)
}

// Command is whose configuration is read.
type Command struct {
	Name string
	// Flags adds flags of the command's own; nil for none.
	Flags func(flags *flag.FlagSet)
}

// Load is the function Load for a command that may have flags of its own.
func (c Command) Load(args []string, getenv func(string) string, help io.Writer) (Config, error) {
	found := &problems{}
	values := fromEnvironment(getenv, found)
	if err := c.fromFlags(args, values, help); err != nil {
		return Config{}, err
	}
	config, err := env.ParseAsWithOptions[Config](env.Options{Environment: values})
	found.addUnreadable(err)
	found.check(config)
	return config, found.err()
}

// defaults returns the configuration of an empty environment.
func defaults() Config {
	config, err := env.ParseAsWithOptions[Config](env.Options{Environment: map[string]string{}})
	if err != nil {
		panic(err) // the defaults stand in the struct's tags
	}
	return config
}

// addUnreadable takes the library's aggregate apart.
func (p *problems) addUnreadable(err error) {
	all, _ := errors.AsType[env.AggregateError](err)
	for _, one := range all.Errors {
		if parse, ok := errors.AsType[env.ParseError](one); ok {
			p.add(variableOf(parse.Name), parse.Err)
		} else {
			p.add("configuration", one)
		}
	}
}

func fromEnvironment(getenv func(string) string, found *problems) map[string]string {
	values := map[string]string{}
	for _, setting := range Settings() {
		if value := getenv(setting.Variable); value != "" {
			values[setting.Variable] = value
			continue
		}
		path := getenv(setting.Variable + fileSuffix)
		if path == "" {
			continue
		}
		content, err := os.ReadFile(path)
		if err != nil {
			found.add(setting.Variable, fmt.Errorf("%s%s: %w", setting.Variable, fileSuffix, err))
			continue
		}
		values[setting.Variable] = strings.TrimSpace(string(content))
	}
	return values
}

// fromFlags puts the values of flags over those that are there.
func (c Command) fromFlags(args []string, values map[string]string, help io.Writer) error {
	flags := flag.NewFlagSet(c.Name, flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the caller shows errors
	for _, setting := range Settings() {
		flags.Func(setting.Flag, setting.usage(), func(value string) error {
			values[setting.Variable] = value
			return nil
		})
	}
	if c.Flags != nil {
		c.Flags(flags)
	}
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(help, "Usage: leadrail %s [flags]\n\n%s\n\n", c.Name, c.about())
		flags.SetOutput(help)
		flags.PrintDefaults()
	}
	if err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%q is not a flag; see leadrail %s -help", flags.Arg(0), c.Name)
	}
	return nil
}

// about explains the flags, which the help lists by name.
func (c Command) about() string {
	if c.Flags != nil {
		return "Flags that name a [VARIABLE] are also environment variables."
	}
	return "Each flag is also an environment variable."
}
