package attest

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"
)

// encode writes what goes to the native library. encoding/json would replace what is no UTF-8; here it is an error of
// that kind, which names the field.
func encode(kind Kind, what string, value any) ([]byte, error) {
	// First, for it finds a value that holds itself. invalidText then visits nothing that it did not.
	text, err := json.Marshal(value)
	if err != nil {
		return nil, failure(kind, fmt.Sprintf("%s: %v", what, err))
	}
	if at, found := invalidText(reflect.ValueOf(value), ""); found {
		return nil, failure(kind, fmt.Sprintf("%s: `%s` is not UTF-8: pass UTF-8 text", what, strings.TrimPrefix(at, ".")))
	}
	return text, nil
}

// decode reads what came from the native library.
func decode(what string, text []byte, into any) error {
	if err := json.Unmarshal(text, into); err != nil {
		return failure(KindDecode, fmt.Sprintf("%s is not what this version of the SDK expects: %v", what, err))
	}
	return nil
}

// invalidText finds the first string that is no UTF-8, by its path.
func invalidText(value reflect.Value, path string) (string, bool) {
	if marshalsItself(value) {
		return "", false
	}
	switch value.Kind() {
	case reflect.String:
		return path, !utf8.ValidString(value.String())
	case reflect.Pointer, reflect.Interface:
		if !value.IsNil() {
			return invalidText(value.Elem(), path)
		}
	case reflect.Slice, reflect.Array:
		for i := range value.Len() {
			if at, found := invalidText(value.Index(i), fmt.Sprintf("%s[%d]", path, i)); found {
				return at, true
			}
		}
	case reflect.Map:
		for entry := value.MapRange(); entry.Next(); {
			within := fmt.Sprintf("%s.%q", path, entry.Key())
			for _, part := range []reflect.Value{entry.Key(), entry.Value()} {
				if at, found := invalidText(part, within); found {
					return at, true
				}
			}
		}
	case reflect.Struct:
		return invalidField(value, path)
	}
	return "", false
}

// marshalsItself says whether encoding/json calls a method of the value in the place of looking into it.
func marshalsItself(value reflect.Value) bool {
	if !value.IsValid() {
		return false
	}
	kind := value.Type()
	return writes(kind) || value.CanAddr() && writes(reflect.PointerTo(kind))
}

func writes(kind reflect.Type) bool {
	return kind.Implements(reflect.TypeFor[json.Marshaler]()) || kind.Implements(reflect.TypeFor[encoding.TextMarshaler]())
}

func invalidField(value reflect.Value, path string) (string, bool) {
	for i := range value.NumField() {
		field := value.Type().Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" || !field.IsExported() && !field.Anonymous {
			continue
		}
		within := path
		if name != "" {
			within += "." + name
		}
		if at, found := invalidText(value.Field(i), within); found {
			return at, true
		}
	}
	return "", false
}
