package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// Store is the database. It is safe for concurrent use.
type Store struct {
	db   *gorm.DB
	pool *sql.DB
}

// Options bound the connection pool.
type Options struct {
	// MaxConnections is the size of the pool; 0 means 20.
	MaxConnections int
	// Log receives slow queries and driver errors, without their parameters.
	Log *slog.Logger
}

const (
	defaultMaxConnections = 20
	connectionLifetime    = 30 * time.Minute
	slowQuery             = time.Second
)

// Open connects to the database at databaseURL, a postgres:// URL. It does not
// wait for the server: the first query does.
func Open(databaseURL string, options Options) (*Store, error) {
	db, err := gorm.Open(postgres.Open(databaseURL), &gorm.Config{
		DisableAutomaticPing:   true,
		Logger:                 queryLogger(options.Log),
		NowFunc:                func() time.Time { return time.Now().UTC() },
		PrepareStmt:            false, // pgx keeps prepared statements per connection by itself
		SkipDefaultTransaction: true,
		TranslateError:         true,
	})
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	pool, err := db.DB()
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	size := options.MaxConnections
	if size <= 0 {
		size = defaultMaxConnections
	}
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	pool.SetConnMaxLifetime(connectionLifetime)
	return &Store{db: db, pool: pool}, nil
}

func queryLogger(log *slog.Logger) logger.Interface {
	if log == nil {
		return logger.Discard
	}
	return logger.NewSlogLogger(log, logger.Config{
		SlowThreshold:             slowQuery,
		LogLevel:                  logger.Warn,
		IgnoreRecordNotFoundError: true,
		ParameterizedQueries:      true, // values may be personal data
	})
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	return wrap(s.pool.PingContext(ctx), "ping database")
}

// Close closes the pool.
func (s *Store) Close() error {
	if err := s.pool.Close(); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}
