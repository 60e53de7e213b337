/** Where delivered positions are kept outside of Flink's checkpoints. */
package io.millrace.ledger;
