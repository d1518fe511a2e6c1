//! Policies, one a line, asked of a receipt that is signed and of one that is not.
#![no_main]

use attest_core::verify::{CheckName, Policy, Status};
use attest_fuzz::known::{SIGNED, UNSIGNED, builder};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut asked = builder();
    let mut policies = Vec::new();
    for line in text.lines().take(8) {
        match Policy::parse(line) {
            Ok(policy) => {
                assert_eq!(policy.text(), line, "it prints as it was asked");
                assert_eq!(Policy::parse(policy.text()), Ok(policy));
                let name = line.split([':']).next().unwrap_or_default();
                assert!(
                    !name.contains(|c: char| c.is_uppercase() || c.is_whitespace()),
                    "{name:?}"
                );
                asked = asked.policy(line).expect("it was read");
                policies.push(line);
            }
            Err(error) => {
                let said = error.to_string();
                assert!(
                    said.contains(&format!("{line:?}")),
                    "{said} does not name {line:?}"
                );
                assert!(builder().policy(line).is_err());
            }
        }
    }
    let verifier = asked.build();
    for (receipt, valid) in [(&SIGNED[0], true), (&*UNSIGNED, false)] {
        let report = verifier.verify(receipt);
        let compliance = &report.policy_compliance;
        assert_eq!(compliance.evaluated, policies);
        assert_eq!(compliance.passed, compliance.violations.is_empty());
        assert_eq!(
            report.valid,
            valid && compliance.passed,
            "a policy can only refuse"
        );
        let check = report
            .check(CheckName::Policy)
            .expect("it is always there")
            .status;
        assert_eq!(check == Status::Fail, !compliance.passed);
        for violation in &compliance.violations {
            assert!(policies.contains(&violation.policy.as_str()) && !violation.code.is_empty());
        }
    }
    assert!(!verifier.verify(&UNSIGNED).valid);
});
