package child

import (
	"os/exec"
	"strconv"
)

// niceness is how far a yielding program stands back: it gets a tenth of a
// processor that two programs want.
const niceness = 10

// Yielding is exec.Command for a program that leaves the processors to others
// while they want them. It runs as ever where the system has no nice(1), which
// becomes the program and so changes neither its process id nor its signals.
func Yielding(program string, args ...string) *exec.Cmd {
	nice, err := exec.LookPath("nice")
	if err != nil {
		return exec.Command(program, args...)
	}
	return exec.Command(nice, append([]string{"-n", strconv.Itoa(niceness), program}, args...)...)
}
