// Words counts the words of its arguments: what the specification's Go program tests and builds.
package main

import (
	"fmt"
	"os"
	"strings"
)

// words is the number of words in a text, as white space divides it.
func words(text string) int {
	return len(strings.Fields(text))
}

func main() {
	fmt.Println(words(strings.Join(os.Args[1:], " ")), "words")
}
