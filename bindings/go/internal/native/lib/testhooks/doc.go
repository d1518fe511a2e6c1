// Package testhooks holds the library that the tests link, by the build tag testhooks: a debug build with what the tests
// ask of it, beside the library that users link.
package testhooks
