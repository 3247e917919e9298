package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// cpu is the processor time that Leadrail, its Temporal server and its Postgres
// have used; zero where there is no /proc. A busy machine changes it less than
// it does a latency. What was stolen is the time that a virtual machine wanted and
// its host gave to others: latencies say little where it is much.
type cpu struct{ leadrail, temporal, postgres, stolen time.Duration }

// clockTick is the unit of /proc, the same on every Linux.
const clockTick = 10 * time.Millisecond

func (c cpu) String() string {
	return fmt.Sprintf("leadrail %.1fs, temporal %.1fs, postgres %.1fs, stolen %.1fs",
		c.leadrail.Seconds(), c.temporal.Seconds(), c.postgres.Seconds(), c.stolen.Seconds())
}

func (c cpu) since(before cpu) cpu {
	return cpu{c.leadrail - before.leadrail, c.temporal - before.temporal, c.postgres - before.postgres, c.stolen - before.stolen}
}

// cpu adds up the machine's processes, those that Postgres has waited for
// included.
func (m *machine) cpu() cpu {
	total := cpu{stolen: stolen()}
	processes := running()
	for pid, process := range processes {
		switch {
		case pid == m.cmd.Process.Pid:
			total.leadrail += process.own
		case process.parent == m.cmd.Process.Pid && process.name == "postgres":
			total.postgres += process.own + process.waitedFor
		case process.parent == m.cmd.Process.Pid:
			total.temporal += process.own
		case processes[process.parent].parent == m.cmd.Process.Pid:
			total.postgres += process.own
		}
	}
	return total
}

// stolen reads the first line of /proc/stat: the word cpu, user, nice, system, idle,
// iowait, irq, softirq, steal, and more.
func stolen() time.Duration {
	text, _ := os.ReadFile("/proc/stat") // without it there are no fields
	line, _, _ := strings.Cut(string(text), "\n")
	fields := strings.Fields(line)
	if len(fields) < 9 {
		return 0
	}
	ticks, _ := strconv.Atoi(fields[8]) // an error is not possible
	return time.Duration(ticks) * clockTick
}

// process is what /proc tells of one.
type process struct {
	name           string
	parent         int
	own, waitedFor time.Duration
}

// running are all processes by their id.
func running() map[int]process {
	found := map[int]process{}
	files, _ := filepath.Glob("/proc/[0-9]*/stat") // an error is not possible
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		id, rest, _ := strings.Cut(string(text), " (")
		name, numbers, _ := strings.Cut(rest, ") ")
		fields := strings.Fields(numbers) // state, parent, … utime is the 12th
		if len(fields) < 15 {
			continue
		}
		number := func(i int) int {
			n, _ := strconv.Atoi(fields[i]) // an error is not possible
			return n
		}
		pid, _ := strconv.Atoi(id) // an error is not possible
		found[pid] = process{
			name: name, parent: number(1),
			own: time.Duration(number(11)+number(12)) * clockTick, waitedFor: time.Duration(number(13)+number(14)) * clockTick,
		}
	}
	return found
}
