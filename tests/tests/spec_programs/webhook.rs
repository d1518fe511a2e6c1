//! The receiver of webhooks.

use attest_tests::spec::{Row, Specification};

use crate::{python, site};

// RFC 4231, test case 2: HMAC-SHA-256 of this payload under this secret.
const SECRET: &str = "Jefe";
const PAYLOAD: &str = "what do ya want for nothing?";
const SIGNATURE: &str = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

#[test]
fn the_webhook_receiver_takes_a_good_signature_and_no_other() {
    let test = "the_webhook_receiver_takes_a_good_signature_and_no_other";
    let (Some(specification), Some(interpreter)) = (
        Specification::find(test),
        site::prepared("ATTEST_SPEC_PYTHON", test),
    ) else {
        return;
    };
    let row = Row::of("Webhook receiver");
    let heading = "### Webhook Verification";
    let program = specification.program("webhook-receiver", heading, "python");
    let bad = SIGNATURE.replace('5', "6");
    let text = format!(
        "{}\n\
         from types import SimpleNamespace\n\
         from attest_sdk.webhooks import verify_webhook as of_the_sdk\n\
         for signature in ['{SIGNATURE}', '{bad}']:\n\
         \x20   processed = []\n\
         \x20   request = SimpleNamespace(body='{PAYLOAD}', headers={{'X-Attest-Signature': signature}}, json=lambda: 'the event')\n\
         \x20   answer = receive(request, '{SECRET}', processed.append)\n\
         \x20   print(answer, processed, of_the_sdk(request.body, signature, '{SECRET}'))\n",
        program.with(&[])
    );
    let found = python::run(&interpreter, "webhook.py", &text).exits(0);
    println!("{}", found.stdout);
    assert_eq!(
        found.stdout,
        "None ['the event'] True\n401 [] False\n",
        "{}",
        found.text()
    );
    row.shown("a good signature is processed, a bad one answered 401; the SDK's function agrees");
}
