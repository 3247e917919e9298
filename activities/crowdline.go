package activities

import (
	"cmp"
	"slices"
	"time"
)

// endpoint is who has a place, who waits for one, and how long places are held.
type endpoint struct {
	// entered is when those that have a place took it, oldest first.
	entered []time.Time
	// typical is how long a place was held of late, 0 before anybody left.
	typical time.Duration
	// left is when somebody left last.
	left time.Time
	line line
	// since is when those in line were first due, by their ids.
	since map[string]time.Time
}

// enter takes one of limit places and returns 0, or puts the visitor in line
// and returns after how long it should come back. A free place is kept for those
// further ahead that are about to come back.
func (e *endpoint) enter(v visitor, now time.Time, limit int) time.Duration {
	if since, known := e.since[v.id]; known {
		v.since = since
	}
	ahead, waits := e.line.find(v)
	free := limit - len(e.entered)
	if free > 0 && e.line.expected(ahead, now, now.Add(e.reservation(now)), free) < free {
		if waits {
			e.line = slices.Delete(e.line, ahead, ahead+1)
			delete(e.since, v.id)
		}
		e.entered = append(e.entered, now)
		return 0
	}
	if v.id == "" {
		return firstCrowdedWait
	}
	wait := e.wait(ahead, now, limit)
	back := waiting{v, now.Add(wait)}
	if waits {
		e.line[ahead] = back
	} else {
		e.line = slices.Insert(e.line, ahead, back)
		if e.since == nil {
			e.since = map[string]time.Time{}
		}
		e.since[v.id] = v.since
	}
	return wait
}

// forget removes those from the line that did not come back.
func (e *endpoint) forget(now time.Time) {
	e.line = slices.DeleteFunc(e.line, func(w waiting) bool {
		lost := w.lost(now)
		if lost {
			delete(e.since, w.id)
		}
		return lost
	})
}

// leave gives back the place that was taken at a time. The newest of those that
// left count most in what is typical.
func (e *endpoint) leave(entered, now time.Time) {
	if i := slices.IndexFunc(e.entered, entered.Equal); i >= 0 {
		e.entered = slices.Delete(e.entered, i, i+1)
	}
	e.left = now
	held := now.Sub(entered)
	if e.typical == 0 {
		e.typical = held
		return
	}
	const weight = 8
	e.typical += (held - e.typical) / weight
}

// line is who was put off, in the order in which they were first due.
type line []waiting

// waiting is a visitor that was told when to come back.
type waiting struct {
	visitor

	due time.Time
}

// comesLate is how long after its time a visitor is still expected: Temporal
// needs a moment to send it, and may send it to another worker.
const comesLate = time.Second

func (w waiting) lost(now time.Time) bool { return now.Sub(w.due) > comesLate }

// find returns how many stand ahead of the visitor, and whether it is in line.
func (l line) find(v visitor) (ahead int, waits bool) {
	return slices.BinarySearchFunc(l, v, func(w waiting, v visitor) int {
		return cmp.Or(w.since.Compare(v.since), cmp.Compare(w.id, v.id))
	})
}

// expected counts those among the first that should come back until a time; it
// stops counting when there are enough.
func (l line) expected(first int, now, until time.Time, enough int) int {
	count := 0
	for _, w := range l[:first] {
		if !w.due.After(until) && !w.lost(now) {
			count++
		}
		if count == enough {
			break
		}
	}
	return count
}
