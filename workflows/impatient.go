package workflows

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

type impatientKey struct{}

// Impatient marks a call for which there is another way when Temporal cannot be
// reached: it fails at once, where others are repeated by the SDK until their
// context ends.
func Impatient(ctx context.Context) context.Context {
	return context.WithValue(ctx, impatientKey{}, true)
}

// FailFast keeps the SDK from repeating impatient calls, as an interceptor of the
// client's connection: the SDK repeats what is unavailable, and never what is
// cancelled.
func FailFast(
	ctx context.Context, method string, request, reply any,
	connection *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption,
) error {
	err := invoke(ctx, method, request, reply, connection, options...)
	if status.Code(err) == codes.Unavailable && ctx.Value(impatientKey{}) != nil {
		return status.Error(codes.Canceled, err.Error())
	}
	return err
}
