package demo_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

type object = map[string]any

// service is the part of the API that the demo calls. A lead is pending when it
// is looked at first, and then what leads says.
type service struct {
	*httptest.Server

	mu sync.Mutex
	// forms, teams and routing are what is stored.
	forms, teams []object
	routing      object
	// leads are what becomes of the leads of a form, by the form's name; those of
	// a form that is not here get no answer.
	leads map[string]object
	// posted are the submissions that came; looked counts the looks at each.
	posted []object
	looked map[string]int
}

func newService(t *testing.T) *service {
	t.Helper()
	done := completed("webhook")
	s := &service{
		leads:  map[string]object{"contact_form": done, "demo_request": done, "newsletter": done, "support_ticket": done},
		looked: map[string]int{},
	}
	routes := http.NewServeMux()
	routes.HandleFunc("GET /demo/receiver", func(w http.ResponseWriter, _ *http.Request) { write(w, 200, object{}) })
	routes.HandleFunc("GET /v1/forms", func(w http.ResponseWriter, _ *http.Request) { write(w, 200, object{"data": s.forms}) })
	routes.HandleFunc("POST /v1/forms", func(w http.ResponseWriter, r *http.Request) { s.forms = keep(w, r, s.forms) })
	routes.HandleFunc("GET /v1/teams", func(w http.ResponseWriter, _ *http.Request) { write(w, 200, object{"data": s.teams}) })
	routes.HandleFunc("POST /v1/teams", func(w http.ResponseWriter, r *http.Request) { s.teams = keep(w, r, s.teams) })
	routes.HandleFunc("PUT /v1/routing", func(w http.ResponseWriter, r *http.Request) { s.routing = keep(w, r, nil)[0] })
	routes.HandleFunc("POST /v1/submissions", s.take)
	routes.HandleFunc("GET /v1/submissions/{id}", s.look)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if r.Header.Get("Authorization") != "Bearer the-key" {
			write(w, http.StatusUnauthorized, object{"detail": "No."})
			return
		}
		routes.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// completed is a lead whose deliveries, of these types, arrived.
func completed(types ...string) object {
	deliveries := make([]object, len(types))
	for i, kind := range types {
		deliveries[i] = object{"type": kind, "status": "delivered"}
	}
	return object{
		"status": "completed", "qualification": object{"score": 0, "tier": ""},
		"routing": object{"team": "general", "assignee": "eve@example.com"}, "deliveries": deliveries,
	}
}

// keep stores what was posted, under an id that is its name's.
func keep(w http.ResponseWriter, r *http.Request, list []object) []object {
	var posted object
	if err := json.NewDecoder(r.Body).Decode(&posted); err != nil {
		write(w, http.StatusBadRequest, object{"detail": err.Error()})
		return list
	}
	posted["id"] = fmt.Sprint("id_", posted["name"])
	write(w, http.StatusCreated, posted)
	return append(list, posted)
}

func (s *service) take(w http.ResponseWriter, r *http.Request) {
	var posted object
	if err := json.NewDecoder(r.Body).Decode(&posted); err != nil {
		write(w, http.StatusBadRequest, object{"detail": err.Error()})
		return
	}
	s.posted = append(s.posted, posted)
	form := strings.TrimPrefix(fmt.Sprint(posted["formId"]), "id_")
	if s.leads[form] == nil {
		panic(http.ErrAbortHandler) // cuts the connection
	}
	if refused, ok := s.leads[form]["refused"]; ok {
		write(w, http.StatusConflict, object{"detail": refused})
		return
	}
	write(w, http.StatusAccepted, object{"submissionId": fmt.Sprintf("%s-%d", form, len(s.posted)), "status": "pending"})
}

func (s *service) look(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	form, _, _ := strings.Cut(id, "-")
	lead := object{"submissionId": id, "formName": form, "status": "pending", "routing": nil, "qualification": nil, "deliveries": []object{}}
	if s.looked[id]++; s.looked[id] > 1 {
		maps.Copy(lead, s.leads[form])
	}
	write(w, http.StatusOK, lead)
}

func write(w http.ResponseWriter, status int, body object) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // an error means that the client went away
}
