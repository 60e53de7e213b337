// SPDX-License-Identifier: Apache-2.0

// Reads an event from standard input as a handler of the vendor's Go runtime does, and writes what
// it understood to standard output. A field of another type than the struct's ends it with an error.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
)

type record struct {
	PartitionKey   string `json:"partition_key"`
	Data           string `json:"data"`
	SequenceNumber string `json:"sequence_number"`
}

type message struct {
	NextPartitionCursor string   `json:"next_partition_cursor"`
	Records             []record `json:"records"`
	MillisBehindLatest  string   `json:"millis_behind_latest"`
}

type event struct {
	ShardID    string
	Message    message
	Tag        string
	StreamName string
}

func main() {
	payload, err := io.ReadAll(os.Stdin)
	if err != nil {
		fmt.Fprintln(os.Stderr, "read:", err)
		os.Exit(1)
	}
	var understood event
	if err := json.Unmarshal(payload, &understood); err != nil {
		fmt.Fprintln(os.Stderr, "unmarshal:", err)
		os.Exit(1)
	}
	text, err := json.Marshal(understood)
	if err != nil {
		fmt.Fprintln(os.Stderr, "marshal:", err)
		os.Exit(1)
	}
	fmt.Print(string(text))
}
