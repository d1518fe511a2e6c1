//! The YAML route: events of the YAML parser into the tree, refusing what this project has no use for.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError};

use super::breaks::Breaks;
use super::build::Builder;
use super::flows;
use super::node::{Document, Kind};
use super::{Error, ErrorKind, Limits, Position};

/// Reads `text` as one YAML document.
pub(super) fn parse(text: &str, limits: Limits) -> Result<Document<'static>, Error> {
    refuse_unprintable(text)?;
    let (normal, mut breaks) = Breaks::normalise(text);
    flows::refuse_long(&normal)?;
    let mut parser = Parser::new_from_str(&normal);
    let mut tree = Builder::new(limits);
    let mut documents = 0usize;
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(scan_error)?;
        let at = position(span.start);
        match event {
            Event::DocumentStart(_) => {
                documents += 1;
                if documents > 1 {
                    return Err(Error::new(ErrorKind::SecondDocument, at));
                }
            }
            Event::Alias(_) => return Err(Error::new(ErrorKind::Alias, at)),
            Event::Scalar(text, style, anchor, tag) => {
                refuse_properties(anchor, tag.is_some(), at)?;
                let text = breaks.restore(text, style, span)?;
                let kind = match style {
                    ScalarStyle::Plain => Kind::Plain,
                    _ => Kind::Quoted,
                };
                tree.scalar(kind, text.into(), at)?;
            }
            Event::SequenceStart(anchor, tag) => {
                refuse_properties(anchor, tag.is_some(), at)?;
                tree.start_seq(at)?;
            }
            Event::MappingStart(anchor, tag) => {
                refuse_properties(anchor, tag.is_some(), at)?;
                tree.start_map(at)?;
            }
            Event::SequenceEnd | Event::MappingEnd => tree.end(),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
    }
    Ok(tree.finish())
}

fn refuse_properties(anchor: usize, tagged: bool, at: Position) -> Result<(), Error> {
    if anchor != 0 {
        return Err(Error::new(ErrorKind::Anchor, at));
    }
    if tagged {
        return Err(Error::new(ErrorKind::Tag, at));
    }
    Ok(())
}

/// YAML 1.1, section 5.1: the characters that may stand in a document unescaped.
fn refuse_unprintable(text: &str) -> Result<(), Error> {
    let printable = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..);
    let mut at = Position { line: 1, column: 1 };
    for c in text.chars() {
        if !printable(c) {
            let reason = format!(
                "U+{:04X} must be written as an escape in double quotes",
                u32::from(c)
            );
            return Err(Error::syntax(reason, at));
        }
        if c == '\n' {
            at = Position {
                line: at.line + 1,
                column: 1,
            };
        } else {
            at.column += 1;
        }
    }
    Ok(())
}

fn scan_error(error: ScanError) -> Error {
    Error::syntax(error.info().to_owned(), position(*error.marker()))
}

fn position(marker: Marker) -> Position {
    Position {
        line: marker.line().max(1),
        column: marker.col() + 1,
    }
}
