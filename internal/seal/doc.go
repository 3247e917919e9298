// Package seal encrypts what must be stored or recorded but not read: form
// data in workflow history and in the intake, and the headers, Slack URLs and
// signing secrets of forms in the database.
//
// A value is sealed with AES-256-GCM under the keyring's first key and bound
// to the id of the thing it belongs to, so that a ciphertext moved to another
// row does not open. All keys of the ring open, which is how a key is rotated
// out.
package seal
