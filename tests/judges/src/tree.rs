//! A document as markup: every quote, space and reference is kept as written, and can be changed.
//!
//! Read by a reader of its own, so that what the mutator does does not depend on the parser under test. It reads what this
//! crate wrote itself, and gives up on everything else.

use std::fmt::Write as _;

/// A whole document.
#[derive(Clone, Debug)]
pub struct Tree {
    /// What stands before the root: declaration, comments, instructions, white space.
    pub before: Vec<Node>,
    /// The root.
    pub root: Element,
    /// What stands after it.
    pub after: Vec<Node>,
}

/// A node as written.
#[derive(Clone, Debug)]
pub enum Node {
    /// What stands between `<![CDATA[` and `]]>`.
    Cdata(String),
    /// What stands between `<!--` and `-->`.
    Comment(String),
    /// An element.
    Element(Element),
    /// What stands between `<?` and `?>`; the XML declaration, too.
    Instruction(String),
    /// Anything else, put out as it is: a document type, something broken.
    Raw(String),
    /// Character data as written, with its references.
    Text(String),
}

/// An element as written.
#[derive(Clone, Debug, Default)]
pub struct Element {
    /// Its name with its prefix.
    pub name: String,
    /// Attributes and namespace declarations, in order.
    pub attributes: Vec<Attribute>,
    /// What is in it.
    pub children: Vec<Node>,
    /// White space before the `>` of the start tag.
    pub start_space: String,
    /// White space before the `>` of the end tag.
    pub end_space: String,
    /// Whether it is written as `<a></a>` even if there is nothing in it.
    pub open: bool,
}

/// An attribute as written.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// White space before it.
    pub space: String,
    /// Its name with its prefix.
    pub name: String,
    /// What stands between name and value: `=` and white space.
    pub equals: String,
    /// `"` or `'`.
    pub quote: char,
    /// Its value with its references.
    pub value: String,
}

/// Where an element stands: the indices of the children that lead to it.
pub type Path = Vec<usize>;

impl Attribute {
    /// An attribute in the usual layout.
    pub fn new(name: &str, value: &str) -> Self {
        Self {
            space: " ".to_owned(),
            name: name.to_owned(),
            equals: "=".to_owned(),
            quote: '"',
            value: value.to_owned(),
        }
    }

    /// Whether this declares a namespace.
    pub fn is_declaration(&self) -> bool {
        self.name == "xmlns" || self.name.starts_with("xmlns:")
    }
}

impl Element {
    /// The name without the prefix.
    pub fn local(&self) -> &str {
        self.name.rsplit(':').next().unwrap_or_default()
    }

    /// The value of an attribute, as written.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let attribute = self.attributes.iter().find(|a| a.name == name)?;
        Some(&attribute.value)
    }

    fn write(&self, out: &mut String) {
        out.push('<');
        out.push_str(&self.name);
        for attribute in &self.attributes {
            let Attribute {
                space,
                name,
                equals,
                quote,
                value,
            } = attribute;
            let _ = write!(out, "{space}{name}{equals}{quote}{value}{quote}");
        }
        out.push_str(&self.start_space);
        if self.children.is_empty() && !self.open {
            out.push_str("/>");
            return;
        }
        out.push('>');
        for child in &self.children {
            child.write(out);
        }
        let _ = write!(out, "</{}{}>", self.name, self.end_space);
    }
}

impl Node {
    fn write(&self, out: &mut String) {
        let _ = match self {
            Self::Cdata(text) => write!(out, "<![CDATA[{text}]]>"),
            Self::Comment(text) => write!(out, "<!--{text}-->"),
            Self::Element(element) => {
                element.write(out);
                Ok(())
            }
            Self::Instruction(text) => write!(out, "<?{text}?>"),
            Self::Raw(text) | Self::Text(text) => write!(out, "{text}"),
        };
    }
}

impl Tree {
    /// The document as text.
    pub fn text(&self) -> String {
        let mut out = String::new();
        self.before.iter().for_each(|node| node.write(&mut out));
        self.root.write(&mut out);
        self.after.iter().for_each(|node| node.write(&mut out));
        out
    }

    /// Reads a document that this crate wrote; `None` if it is another.
    pub fn read(text: &str) -> Option<Self> {
        let mut reader = Reader { rest: text };
        let before = reader.nodes()?;
        let mut before = before.into_iter().peekable();
        let mut ahead = Vec::new();
        let root = loop {
            match before.next()? {
                Node::Element(root) => break root,
                other => ahead.push(other),
            }
        };
        if !reader.rest.is_empty() {
            return None;
        }
        Some(Self {
            before: ahead,
            root,
            after: before.collect(),
        })
    }

    /// Where every element stands, in document order; the root is the empty path.
    pub fn paths(&self) -> Vec<Path> {
        let mut paths = Vec::new();
        let mut todo: Vec<(Path, &Element)> = vec![(Vec::new(), &self.root)];
        while let Some((path, element)) = todo.pop() {
            for (index, child) in element.children.iter().enumerate().rev() {
                if let Node::Element(child) = child {
                    let mut below = path.clone();
                    below.push(index);
                    todo.push((below, child));
                }
            }
            paths.push(path);
        }
        paths
    }

    /// Where the elements of that local name stand.
    pub fn paths_of(&self, local: &str) -> Vec<Path> {
        let mut paths = self.paths();
        paths.retain(|path| {
            self.at(path)
                .is_some_and(|element| element.local() == local)
        });
        paths
    }

    /// The element at that place.
    pub fn at(&self, path: &[usize]) -> Option<&Element> {
        path.iter().try_fold(&self.root, |element, index| {
            match element.children.get(*index) {
                Some(Node::Element(child)) => Some(child),
                _ => None,
            }
        })
    }

    /// The same, to be changed.
    pub fn at_mut(&mut self, path: &[usize]) -> Option<&mut Element> {
        path.iter().try_fold(&mut self.root, |element, index| {
            match element.children.get_mut(*index) {
                Some(Node::Element(child)) => Some(child),
                _ => None,
            }
        })
    }

    /// Takes an element out; never the root.
    pub fn take(&mut self, path: &[usize]) -> Option<Element> {
        let (last, parent) = path.split_last()?;
        let parent = self.at_mut(parent)?;
        if !matches!(parent.children.get(*last), Some(Node::Element(_))) {
            return None;
        }
        match parent.children.remove(*last) {
            Node::Element(element) => Some(element),
            _ => None,
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn between(&mut self, start: &str, end: &str) -> Option<&'a str> {
        let inner = self.rest.strip_prefix(start)?;
        let at = inner.find(end)?;
        self.rest = &inner[at + end.len()..];
        Some(&inner[..at])
    }

    fn while_(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn nodes(&mut self) -> Option<Vec<Node>> {
        let mut nodes = Vec::new();
        while !self.rest.is_empty() && !self.rest.starts_with("</") {
            nodes.push(if self.rest.starts_with("<!--") {
                Node::Comment(self.between("<!--", "-->")?.to_owned())
            } else if self.rest.starts_with("<![CDATA[") {
                Node::Cdata(self.between("<![CDATA[", "]]>")?.to_owned())
            } else if self.rest.starts_with("<?") {
                Node::Instruction(self.between("<?", "?>")?.to_owned())
            } else if self.rest.starts_with("<!") {
                return None;
            } else if self.rest.starts_with('<') {
                Node::Element(self.element()?)
            } else {
                Node::Text(self.while_(|c| c != '<').to_owned())
            });
        }
        Some(nodes)
    }

    fn element(&mut self) -> Option<Element> {
        self.rest = self.rest.strip_prefix('<')?;
        let name = self
            .while_(|c| !c.is_ascii_whitespace() && c != '>' && c != '/')
            .to_owned();
        let mut element = Element {
            name,
            ..Element::default()
        };
        loop {
            let space = self.while_(|c| c.is_ascii_whitespace()).to_owned();
            if let Some(rest) = self.rest.strip_prefix("/>") {
                self.rest = rest;
                element.start_space = space;
                return Some(element);
            }
            if let Some(rest) = self.rest.strip_prefix('>') {
                self.rest = rest;
                element.start_space = space;
                break;
            }
            let name = self
                .while_(|c| !c.is_ascii_whitespace() && c != '=')
                .to_owned();
            let equals = self
                .while_(|c| c.is_ascii_whitespace() || c == '=')
                .to_owned();
            let quote = self.rest.chars().next()?;
            let value = self
                .between(&quote.to_string(), &quote.to_string())?
                .to_owned();
            element.attributes.push(Attribute {
                space,
                name,
                equals,
                quote,
                value,
            });
        }
        element.children = self.nodes()?;
        element.open = element.children.is_empty();
        let end = self.between("</", ">")?;
        let space = end.strip_prefix(element.name.as_str())?;
        element.end_space = space.to_owned();
        Some(element)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_written_as_it_was_read() {
        for text in [
            "<a/>",
            "<?xml version='1.0'?>\n<!-- x --><p:a xmlns:p = 'urn:p'\n b=\"&#13;\" ><![CDATA[<]]>t<b></b ></p:a>\n",
        ] {
            assert_eq!(
                Tree::read(text).map(|tree| tree.text()).as_deref(),
                Some(text)
            );
        }
        assert!(Tree::read("<a><b></a>").is_none());
        assert!(Tree::read("<a></b>").is_none());
    }
}
