//! In which order the operations of a bulk request are done (decisions B06, B07).

/// The operations in the order of work, those that need each other in one unit. `needs` lists for
/// each operation those it needs.
///
/// The order is that of the request, only that what is needed comes before who needs it.
///
/// # Complexity
/// Linear in operations and needs; nothing recurses.
pub(super) fn units(needs: &[Vec<usize>]) -> Vec<Box<[usize]>> {
    let mut search = Search {
        needs,
        found: 0,
        numbers: vec![None; needs.len()],
        lowest: vec![0; needs.len()],
        open: Vec::new(),
        is_open: vec![false; needs.len()],
        units: Vec::new(),
    };
    for at in 0..needs.len() {
        if search.number(at).is_none() {
            search.walk(at);
        }
    }
    search.units
}

/// Tarjan's search for strongly connected components.
struct Search<'n> {
    needs: &'n [Vec<usize>],
    /// How many operations were found.
    found: usize,
    /// As which an operation was found.
    numbers: Vec<Option<usize>>,
    /// The earliest open operation that can be reached.
    lowest: Vec<usize>,
    open: Vec<usize>,
    is_open: Vec<bool>,
    units: Vec<Box<[usize]>>,
}

impl Search<'_> {
    fn walk(&mut self, from: usize) {
        // The way from `from`: each operation with the number of its needs that were looked at.
        let mut way = vec![(from, 0)];
        while let Some((at, seen)) = way.pop() {
            if seen == 0 {
                self.enter(at);
            }
            let need = self.needs.get(at).and_then(|needs| needs.get(seen));
            let Some(&need) = need else {
                self.leave(at);
                if let Some((before, _)) = way.last() {
                    self.lower(*before, self.low(at));
                }
                continue;
            };
            way.push((at, seen + 1));
            match self.number(need) {
                None => way.push((need, 0)),
                Some(number) if self.is_open.get(need) == Some(&true) => self.lower(at, number),
                Some(_) => {}
            }
        }
    }

    fn enter(&mut self, at: usize) {
        let number = self.found;
        self.found += 1;
        if let Some(slot) = self.numbers.get_mut(at) {
            *slot = Some(number);
        }
        if let Some(slot) = self.lowest.get_mut(at) {
            *slot = number;
        }
        self.open.push(at);
        self.set_open(at, true);
    }

    /// Closes the unit of which `at` was found first.
    fn leave(&mut self, at: usize) {
        if self.number(at) != Some(self.low(at)) {
            return;
        }
        let start = self.open.iter().rposition(|open| *open == at);
        let mut unit = self.open.split_off(start.unwrap_or_default());
        unit.iter().for_each(|at| self.set_open(*at, false));
        unit.sort_unstable();
        self.units.push(unit.into());
    }

    fn set_open(&mut self, at: usize, open: bool) {
        if let Some(slot) = self.is_open.get_mut(at) {
            *slot = open;
        }
    }

    fn lower(&mut self, at: usize, to: usize) {
        if let Some(low) = self.lowest.get_mut(at) {
            *low = to.min(*low);
        }
    }

    fn number(&self, at: usize) -> Option<usize> {
        self.numbers.get(at).copied().flatten()
    }

    fn low(&self, at: usize) -> usize {
        self.lowest.get(at).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(needs: &[&[usize]]) -> Vec<Vec<usize>> {
        let needs: Vec<_> = needs.iter().map(|needs| needs.to_vec()).collect();
        units(&needs).into_iter().map(Vec::from).collect()
    }

    #[test]
    fn b06_the_order_of_the_request_but_what_is_needed_first() {
        assert_eq!(order(&[&[], &[], &[]]), [[0], [1], [2]]);
        assert_eq!(order(&[&[], &[3], &[], &[]]), [[0], [3], [1], [2]]);
        assert_eq!(order(&[&[2], &[], &[1]]), [[1], [2], [0]]);
        assert_eq!(order(&[&[1], &[], &[1, 0]]), [[1], [0], [2]]);
    }

    #[test]
    fn b07_a_circle_is_one_unit() {
        assert_eq!(order(&[&[1], &[0]]), [[0, 1]]);
        assert_eq!(order(&[&[0]]), [[0]]);
        let units = order(&[&[3], &[], &[0], &[2, 1], &[0]]);
        assert_eq!(units, [vec![1], vec![0, 2, 3], vec![4]]);
        let two = order(&[&[1], &[0, 2], &[3], &[2]]);
        assert_eq!(two, [[2, 3], [0, 1]]);
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let needs: Vec<Vec<usize>> = (1..100_000)
            .map(|next| vec![next])
            .chain([vec![]])
            .collect();
        let order = units(&needs);
        assert_eq!(order.len(), 100_000);
        assert_eq!(order.first().map(|unit| &**unit), Some(&[99_999][..]));
    }
}
