//! The fields of a form or of a query.

/// Fields of one form: 500 grants with nine fields each fit in.
pub(crate) const MAX_FIELDS: usize = 5000;

/// Names and values in the order they came in. What is not UTF-8 has replacement characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Returns the fields of a text like `a=1&b=2`; those past [`MAX_FIELDS`] are left out, and the caller is told.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, TooMany> {
        let mut fields = Vec::new();
        for (name, value) in form_urlencoded::parse(text) {
            if fields.len() >= MAX_FIELDS {
                return Err(TooMany);
            }
            fields.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(fields))
    }

    /// Returns the first value of a name; empty where it is not there.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// Returns the first value of a name.
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Returns all values of a name, in order.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// More fields than a form may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_has_so_many_fields_and_no_more() {
        let text = |count: usize| vec!["a=b"; count].join("&").into_bytes();
        assert_eq!(Fields::parse(&text(MAX_FIELDS)).unwrap().all("a").count(), MAX_FIELDS);
        assert_eq!(Fields::parse(&text(MAX_FIELDS + 1)), Err(TooMany));
    }

    #[test]
    fn values_are_what_was_typed() {
        let fields = Fields::parse(b"who=user%3Abo&name=J%C3%B6rg+B&who=everyone&odd=%FF").unwrap();
        assert_eq!(fields.get("name"), "J\u{f6}rg B");
        assert_eq!(fields.all("who").collect::<Vec<_>>(), ["user:bo", "everyone"]);
        assert_eq!(fields.get("odd"), "\u{fffd}");
        assert_eq!(fields.find("none"), None);
    }
}
