//! Cases as data, shared by the tests of every crate. The format is in `README.md` beside this.
