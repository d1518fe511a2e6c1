//! Projects of every shape that a receipt's format has a word for: run by the independent tool, and run here.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

/// A project and how it is run.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    /// `attest.yaml`, in the form that the tool reads.
    pub(crate) pipeline: String,
    /// Makes what the pipeline reads.
    pub(crate) prepare: fn(&Path),
    /// Further arguments of the tool's `run`.
    pub(crate) args: &'static [&'static str],
    /// How often it runs; the receipt is the last one's.
    pub(crate) runs: u8,
    /// The exit code of `run`.
    pub(crate) code: i32,
    /// The deviation that the judges have about it with recompute, as `docs/deviations.md` lists it.
    pub(crate) differs: Option<&'static str>,
    /// Whether the outputs lie in the workspace after the tool's run.
    pub(crate) leaves_outputs: bool,
    /// Whether a server here can run it.
    pub(crate) here: bool,
}

fn shape(name: &'static str, steps: &str) -> Shape {
    Shape {
        name,
        pipeline: format!("version: \"1\"\nname: {name}\nsteps:\n{steps}"),
        prepare: |_| {},
        args: &["--sign"],
        runs: 1,
        code: 0,
        differs: None,
        leaves_outputs: true,
        here: true,
    }
}

impl Shape {
    fn with(self, prepare: fn(&Path)) -> Self {
        Self { prepare, ..self }
    }

    fn args(self, args: &'static [&'static str]) -> Self {
        Self { args, ..self }
    }

    fn there_alone(self) -> Self {
        Self {
            here: false,
            ..self
        }
    }

    fn code(self, code: i32) -> Self {
        Self { code, ..self }
    }
}

fn write(root: &Path, path: &str, content: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn git(root: &Path, args: &[&str]) {
    let identity = [
        "-c",
        "user.name=n",
        "-c",
        "user.email=e@example.com",
        "-c",
        "init.defaultBranch=main",
    ];
    let done = Command::new("git")
        .args(identity)
        .args(args)
        .current_dir(root)
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

fn committed(root: &Path) {
    write(root, "in.txt", "one");
    write(root, ".gitignore", ".attest\nout.txt\n");
    git(root, &["init", "-q"]);
    git(root, &["add", "."]);
    git(root, &["commit", "-q", "-m", "first"]);
}

/// All of them.
pub(crate) fn shapes() -> Vec<Shape> {
    let copy = "  copy: {run: 'cat in.txt > out.txt', inputs: [in.txt], outputs: [out.txt]}\n";
    let input: fn(&Path) = |root| write(root, "in.txt", "one\n");
    let chain: String = (0..40)
        .map(|n| match n {
            0 => "  s0: {run: 'echo 0 > 0.txt', outputs: [0.txt]}\n".to_owned(),
            n => format!("  s{n}: {{run: 'cat {0}.txt > {n}.txt', inputs: [{0}.txt], outputs: [{n}.txt], needs: [s{0}]}}\n", n - 1),
        })
        .collect();
    vec![
        shape("one-step", copy).with(input),
        shape("nothing-declared", "  only: {run: 'echo hello'}\n"),
        shape("forty-steps", &chain),
        shape(
            "diamond",
            "  a: {run: 'echo a > a', outputs: [a]}\n  left: {run: 'cat a > l', inputs: [a], outputs: [l], needs: [a]}\n  \
             right: {run: 'cat a a > r', inputs: [a], outputs: [r], needs: [a]}\n  \
             join: {run: 'cat l r > j', inputs: [l, r], outputs: [j], needs: [right, left]}\n",
        ),
        Shape {
            pipeline: "version: 1.10\nname: env\nenv: {GREETING: 'a \"b\" $c', FLAG: 'true', NUMBER: '010'}\nsteps:\n  \
                       say: {run: 'echo \"$GREETING $FLAG $NUMBER $OWN\" > said', outputs: [said], env: {OWN: 'é: #', FLAG: 'no'}}\n"
                .to_owned(),
            ..shape("env", "")
        },
        shape("working-dir", "  in: {run: 'cat x > y', working_dir: sub/dir, inputs: [sub/dir/x], outputs: [sub/dir/y]}\n")
            .with(|root| write(root, "sub/dir/x", "x")),
        shape("failed-last", &format!("{copy}  bad: {{run: 'echo no >&2; exit 3', inputs: [out.txt], needs: [copy]}}\n"))
            .with(input)
            .code(1),
        Shape {
            differs: Some("with recompute: a receipt of a run in which a step was skipped"),
            ..shape("skipped", "  bad: {run: 'exit 3'}\n  never: {run: 'echo x', needs: [bad]}\n").code(1)
        },
        Shape { runs: 2, ..shape("cached", copy).with(input) },
        shape(
            "links",
            "  link: {run: 'mkdir -p out; echo x > out/file; ln -s file out/link; ln -s ../src out/none', inputs: [src/], outputs: [out/, src/]}\n",
        )
        .with(|root| {
            write(root, "src/a", "a");
            symlink("a", root.join("src/b")).unwrap();
        })
        .there_alone(),
        shape(
            "links-inside",
            "  link: {run: 'mkdir -p out; cat src/b > out/file; ln -s file out/link', inputs: [src/], outputs: [out/]}\n",
        )
        .with(|root| {
            write(root, "src/a", "a");
            symlink("a", root.join("src/b")).unwrap();
        }),
        shape(
            "odd-names",
            "  odd: {run: \"cat 'a b/'* > 'out put'; echo x > '-dash'; echo y > '#'\", inputs: ['a b/', d-x, d/x, \"quo'te\"], outputs: ['out put', -dash, '#']}\n",
        )
        .with(|root| {
            for path in ["a b/c d", "a b/[x]", "a b/back\\slash", "a b/: y", "d-x", "d/x", "quo'te"] {
                write(root, path, path);
            }
        }),
        shape(
            "unicode",
            "  ünï: {run: 'cat in/* > öut/é; printf \"é漢😀\\342\\200\\250\"', inputs: [in/], outputs: [öut/]}\n",
        )
        .with(|root| {
            for path in ["in/é", "in/e\u{301}", "in/漢", "in/😀", "öut/.keep"] {
                write(root, path, path);
            }
        })
        .there_alone(),
        shape("unicode-paths", "  name: {run: 'mkdir -p öut; cat in/* > öut/é; printf é漢😀', inputs: [in/], outputs: [öut/]}\n").with(|root| {
            for path in ["in/é", "in/e\u{301}", "in/漢", "in/😀"] {
                write(root, path, path);
            }
        }),
        shape("empty-outputs", "  none: {run: 'mkdir -p empty out; : > out/nothing', outputs: [empty/, out/]}\n")
        // No download brings an empty directory: no receipt attests one.
        .with(|root| fs::create_dir_all(root.join("empty")).unwrap()),
        shape("unsigned", copy).with(input).args(&[]).there_alone(),
        shape("big-outputs", "  big: {run: 'head -c 3000000 /dev/zero > zero; seq 60000; seq 20000 >&2', outputs: [zero]}\n"),
        shape("many-files", "  many: {run: 'mkdir -p d; for i in $(seq 1200); do echo $i > d/$i; done', outputs: [d/]}\n"),
        shape(
            "control-characters",
            "  bell: {run: \"printf 'a\\\\033[31mb\\\\000c\\\\r\\\\nd\\\\te\\\\177\\\\302\\\\205\\\\377\\\\n \\\\n'; printf '\\\\357\\\\273\\\\277x\\\\342\\\\200\\\\251' >&2\"}\n",
        ),
        shape("git-clean", copy).with(committed),
        shape("git-dirty", copy).with(|root| {
            committed(root);
            write(root, "in.txt", "two");
        }),
        Shape {
            // Each of its runs has a workspace of its own.
            leaves_outputs: false,
            ..shape("reproducible", copy)
                .with(input)
                .args(&["--sign", "--check-reproducibility"])
                .there_alone()
        },
        shape("process-isolation", copy).with(input).args(&["--sign", "--verify"]).there_alone(),
        shape(
            "long-commands",
            "  lines:\n    run: |\n      set -e\n      # a comment: with \"quotes\" and 'more'\n\n      echo 'two  blanks' > out\n    outputs:\n    - out\n    \
             timeout_secs: 60\n    cache: false\n",
        ),
        shape("nested", "  deep: {run: 'mkdir -p out/a/b/c; echo 1 > out/a/b/c/1; echo 2 > out/a/2; cp -r src out', inputs: [src/, src/x], outputs: [out/, out/a]}\n")
            .with(|root| {
                write(root, "src/x/y/z", "z");
                write(root, "src/.hidden", "h");
            }),
        shape("spellings", "  odd: {run: 'echo x > out', inputs: [./src//a, src/./a, src/], outputs: [./out]}\n").with(|root| write(root, "src/a", "a")),
        shape("names-like-numbers", "  '10': {run: 'true'}\n  '0x1f': {run: 'true', needs: ['10']}\n  'null': {run: 'true'}\n  'yes': {run: 'true'}\n"),
        shape("wrapped", "").args(&["--sign", "--wrap", "--name", "job", "--input", "in.txt", "--output", "out.txt", "--", "sh", "-c", "cat in.txt > out.txt; echo \"done\" 'é'"])
            .with(input)
            .there_alone(),
        shape("wrapped-failed", "").args(&["--sign", "--wrap", "--name", "job", "--", "sh", "-c", "echo no >&2; exit 7"]).code(7).there_alone(),
    ]
}
