package api

import (
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"leadrail/internal/leads"
	"leadrail/models"
)

// Bounds of uploads. Each that is under way is held in memory; a visitor on a
// slow line gets longer than other requests do.
const (
	uploadLimit   = models.MaxFileSize + 64<<10
	uploadsAtOnce = 32
	uploadTime    = time.Minute
	uploadAnswer  = 30 * time.Second
)

// uploadFile takes a file as multipart/form-data.
func uploadFile(service *leads.Service) gin.HandlerFunc {
	slots := make(chan struct{}, uploadsAtOnce)
	return func(c *gin.Context) {
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
		default:
			writeProblem(c, models.Errorf(models.CodeUnavailable, "Too many files arrive at this moment; try again shortly."))
			return
		}
		extendDeadlines(c)
		in, err := readUpload(c.Request)
		if err != nil {
			writeProblem(c, err)
			return
		}
		out, err := service.Upload(c.Request.Context(), in)
		if err != nil {
			writeProblem(c, err)
			return
		}
		writeJSON(c, describe(c, http.StatusCreated, out), out)
	}
}

// extendDeadlines gives one request more time than the server gives to all.
func extendDeadlines(c *gin.Context) {
	control := http.NewResponseController(c.Writer)
	now := time.Now()
	control.SetReadDeadline(now.Add(uploadTime))                 // an error means a connection without deadlines
	control.SetWriteDeadline(now.Add(uploadTime + uploadAnswer)) // an error means the same
}

// serveFile answers with the bytes of a file: to be saved, never shown. They come
// from a stranger, and must not run as a page of this service.
func serveFile(service *leads.Service) gin.HandlerFunc {
	return func(c *gin.Context) {
		file, err := service.File(c.Request.Context(), leads.FileRef{ID: c.Param("id")})
		if err != nil {
			writeProblem(c, err)
			return
		}
		c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
		c.Header("Content-Length", strconv.Itoa(len(file.Content)))
		c.Header("X-Content-Type-Options", "nosniff")
		c.Header("Content-Security-Policy", "sandbox; default-src 'none'")
		c.Header("Cache-Control", "private, no-store")
		c.Header("ETag", `"`+file.SHA256+`"`)
		c.Data(http.StatusOK, file.ServedAs(), file.Content)
	}
}
