//! The files and the graph of steps that are measured: the same for us and for the peers, the same each time.

use std::path::{Path, PathBuf};

use crate::Failure;

/// Bytes that do not compress, the same for the same seed (xorshift64).
pub(crate) struct Noise(u64);

impl Noise {
    pub(crate) const fn new(seed: u64) -> Self {
        // An odd number, and near seeds far apart.
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn fill(&mut self, buffer: &mut [u8]) {
        for piece in buffer.chunks_mut(8) {
            let bytes = self.next().to_le_bytes();
            for (to, from) in piece.iter_mut().zip(bytes) {
                *to = from;
            }
        }
    }
}

/// Writes `count` files of 64 bytes to 4 KiB under `dir`, a hundred to a directory, other ones for each `seed`; their paths.
pub(crate) fn small_files(dir: &Path, count: usize, seed: u64) -> Result<Vec<PathBuf>, Failure> {
    let mut noise = Noise::new(seed);
    let mut buffer = [0; 4096];
    let mut paths = Vec::with_capacity(count);
    for index in 0..count {
        let folder = dir.join(format!("d{:03}", index / 100));
        if index % 100 == 0 {
            std::fs::create_dir_all(&folder)?;
        }
        let size = 64 + usize::try_from(noise.next() % 4033)?;
        let content = buffer.get_mut(..size).ok_or("a file is too large")?;
        noise.fill(content);
        let path = folder.join(format!("f{index:05}"));
        std::fs::write(&path, content)?;
        paths.push(path);
    }
    Ok(paths)
}

const WIDTH: usize = 5;

/// A step of the measured pipeline: it joins its own source with the outputs of the steps that it needs.
pub(crate) struct Task {
    pub(crate) name: String,
    pub(crate) needs: Vec<String>,
}

impl Task {
    /// Its directory, relative to the project.
    pub(crate) fn package(&self) -> String {
        format!("packages/{}", self.name)
    }

    /// Its source, relative to the project.
    pub(crate) fn source(&self) -> String {
        format!("packages/{}/in.txt", self.name)
    }

    /// What it writes, relative to the project.
    pub(crate) fn output(&self) -> String {
        output(&self.name)
    }

    /// What it reads, relative to the project.
    pub(crate) fn inputs(&self) -> Vec<String> {
        let upstream = self.needs.iter().map(|name| output(name));
        std::iter::once(self.source()).chain(upstream).collect()
    }

    /// The command, where `root` leads to the project.
    pub(crate) fn command(&self, root: &str) -> String {
        let inputs = self.inputs().into_iter();
        let inputs: Vec<String> = inputs.map(|path| format!("{root}{path}")).collect();
        format!("cat {} > {root}{}", inputs.join(" "), self.output())
    }
}

fn output(step: &str) -> String {
    format!("packages/{step}/out.txt")
}

/// Levels of five steps; each needs two of the level before.
pub(crate) fn tasks(levels: usize) -> Vec<Task> {
    let name = |level: usize, lane: usize| format!("s{level}-{}", lane % WIDTH);
    let task = |level: usize, lane: usize| Task {
        name: name(level, lane),
        needs: match level.checked_sub(1) {
            Some(before) => vec![name(before, lane), name(before, lane + 1)],
            None => Vec::new(),
        },
    };
    let level = |level| (0..WIDTH).map(move |lane| task(level, lane));
    (0..levels).flat_map(level).collect()
}

/// Writes the source of one task.
pub(crate) fn write_source(project: &Path, task: &Task, round: usize) -> Result<(), Failure> {
    let path = project.join(task.source());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, format!("{} {round}\n", task.name))?;
    Ok(())
}
