package config

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"github.com/caarlos0/env/v11"
)

// fileSuffix ends the name of a variable that holds the path of a file with
// the value, as container platforms hand out secrets.
const fileSuffix = "_FILE"

// Load reads the configuration of a command: flags before environment before
// default. Every setting X can also be read from the file that X_FILE names.
// The error lists everything that is wrong. flag.ErrHelp means that the help
// was asked for and written to help.
func Load(command string, args []string, getenv func(string) string, help io.Writer) (Config, error) {
	values, problems := fromEnvironment(getenv)
	if err := fromFlags(command, args, values, help); err != nil {
		return Config{}, err
	}
	config, err := env.ParseAsWithOptions[Config](env.Options{Environment: values})
	if err != nil {
		problems = append(problems, readable(err)...)
	}
	problems = append(problems, config.check()...)
	return config, errors.Join(problems...)
}

// readable takes the library's aggregate apart, one line a setting.
func readable(err error) []error {
	var all env.AggregateError
	if !errors.As(err, &all) {
		return []error{err}
	}
	var lines []error
	for _, one := range all.Errors {
		var parse env.ParseError
		if errors.As(one, &parse) {
			one = fmt.Errorf("%s: %w", variableOf(parse.Name), parse.Err)
		}
		lines = append(lines, one)
	}
	return lines
}

func fromEnvironment(getenv func(string) string) (map[string]string, []error) {
	values := map[string]string{}
	var problems []error
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
			problems = append(problems, fmt.Errorf("%s%s: %w", setting.Variable, fileSuffix, err))
			continue
		}
		values[setting.Variable] = strings.TrimSpace(string(content))
	}
	return values, problems
}

func fromFlags(command string, args []string, values map[string]string, help io.Writer) error {
	flags := flag.NewFlagSet("leadrail "+command, flag.ContinueOnError)
	flags.SetOutput(help)
	for _, setting := range Settings() {
		flags.Func(setting.Flag, setting.Description+" ["+setting.Variable+"]", func(value string) error {
			values[setting.Variable] = value
			return nil
		})
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%q is not a flag; see leadrail %s -help", flags.Arg(0), command)
	}
	return nil
}

func (c Config) check() []error {
	var problems []error
	addf := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	address := func(variable, value string) {
		if _, _, err := net.SplitHostPort(value); err != nil {
			addf("%s: %q is not host:port", variable, value)
		}
	}
	address("LEADRAIL_LISTEN", c.Listen)
	address("LEADRAIL_TEMPORAL_LISTEN", c.TemporalListen)
	address("LEADRAIL_TEMPORAL_UI_LISTEN", c.TemporalUIListen)
	if c.PostgresPort < 1 || c.PostgresPort > 65535 {
		addf("LEADRAIL_POSTGRES_PORT: %d is not a port", c.PostgresPort)
	}
	if c.LogFormat != "text" && c.LogFormat != "json" {
		addf("LEADRAIL_LOG_FORMAT: %q is neither text nor json", c.LogFormat)
	}
	if c.DatabasePool < 1 {
		addf("LEADRAIL_DATABASE_POOL: %d is not a size of a pool", c.DatabasePool)
	}
	return problems
}
