//! The service provider, end to end in one process.

mod contract;
