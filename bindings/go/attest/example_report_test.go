package attest_test

import (
	"fmt"
)

func ExampleReport() {
	report := verdict("require-success")
	fmt.Println(report.Valid, report.Execution.Outcome)
	// Output: true success
}

func ExampleCheck() {
	for _, check := range verdict("require-reproducible").Checks {
		if check.Status == "fail" {
			fmt.Println(check.Name, check.Code)
		}
	}
	// Output: policy policy_violated
}

func ExampleSignatureReport() {
	signature := verdict().SignatureVerification
	fmt.Println(signature.Valid, signature.Trusted, signature.Signer)
	// Output: true true ci-system@company.com
}

func ExamplePolicyReport() {
	policies := verdict("require-success", "require-reproducible").PolicyCompliance
	fmt.Println(len(policies.Evaluated), "asked,", len(policies.Violations), "not met")
	// Output: 2 asked, 1 not met
}

func ExampleViolation() {
	for _, violation := range verdict("step:deploy").PolicyCompliance.Violations {
		fmt.Println(violation.Policy, violation.Code)
	}
	// Output: step:deploy step_missing
}

func ExampleTimestampReport() {
	timestamp := verdict().TimestampCheck
	fmt.Println(*timestamp.AgeHours, "hours, by the word of the", timestamp.Source)
	// Output: 24 hours, by the word of the receipt
}

func ExampleExecutionReport() {
	execution := verdict().Execution
	// Apart from being authentic: a failed run has a valid receipt, too.
	fmt.Println(execution.Outcome, execution.FailedSteps)
	// Output: success []
}

func ExampleTrustReport() {
	if trust := verdict().TrustMaterial; trust.State == "fetched_from_server" {
		fmt.Println("who made the receipt also named the keys, at", trust.AsOf)
	} else {
		fmt.Println(trust.State)
	}
	// Output: given
}

func ExampleWarning() {
	report := verdict()
	for _, warning := range report.Warnings {
		fmt.Println("warning:", warning.Code) // does not make it invalid
	}
	fmt.Println(report.Valid)
	// Output: true
}
