//go:build unix && !linux

package localpg

import (
	"os/exec"
	"strconv"
	"strings"
)

// processes finds the postmaster only. Its children notice by
// themselves when it is gone.
func (p place) processes() []int {
	pid, err := postmasterPID(p.cluster())
	if err != nil || !strings.Contains(processField(pid, "command"), "-D "+p.cluster()+" ") {
		return nil
	}
	return []int{pid}
}

func isPostgres(pid int) bool {
	return strings.HasSuffix(processField(pid, "comm"), "postgres")
}

func processField(pid int, field string) string {
	output, err := exec.Command("ps", "-o", field+"=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(output))
}
