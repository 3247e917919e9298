package webhook

import (
	"net"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

func TestOneShotIsTakenOnce(t *testing.T) {
	t.Parallel()
	near, far := net.Pipe()
	t.Cleanup(func() { require.NoError(t, far.Close()) })
	conn := newOneShot(near)

	taken, err := conn.take(t.Context(), "tcp", "ignored")
	require.NoError(t, err)
	require.Same(t, conn, taken)
	_, err = conn.take(t.Context(), "tcp", "ignored")
	require.ErrorIs(t, err, errTaken)
	require.NoError(t, conn.Close())
}

func TestOneShotReadsNothingBeforeItWrote(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		conn := newOneShot(near)
		read := make(chan string, 1)
		go func() {
			p := make([]byte, 8)
			n, _ := conn.Read(p)
			read <- string(p[:n])
		}()
		go func() { _, _ = far.Write([]byte("banner")) }()
		synctest.Wait()
		require.Empty(t, read)
		require.Zero(t, conn.firstByte())

		go func() { _, _ = conn.Write([]byte("request")) }()
		require.Equal(t, "banner", <-read)
		require.NoError(t, far.Close())
		require.NoError(t, conn.Close())
	})
}

func TestOneShotCloseReleasesTheReader(t *testing.T) {
	t.Parallel()
	near, far := net.Pipe()
	t.Cleanup(func() { require.NoError(t, far.Close()) })
	conn := newOneShot(near)
	failed := make(chan error, 1)
	go func() {
		_, err := conn.Read(make([]byte, 8))
		failed <- err
	}()
	require.NoError(t, conn.Close())
	require.Error(t, <-failed)
}
