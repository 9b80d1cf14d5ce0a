//! A fair, bounded queue: a flood fills its own share and delays the others by its share only.
//!
//! It has a lane for each kind of request, served in a fixed cycle, and in each lane a share for each
//! key, served in turn. It knows nothing of passwords and threads.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use super::place::{Key, Lane, Place};
use crate::http::AddressKey;

/// The shortest and the longest wait that a full share asks for.
pub(super) const RETRY_AFTER_MIN: Duration = Duration::from_secs(1);
const RETRY_AFTER_MAX: Duration = Duration::from_mins(1);
/// The wait doubles each time that this many requests were refused.
const REFUSALS_PER_DOUBLING: u32 = 16;

const LANES: usize = 4;
/// Registrations get half the turns of the others: they are rare and can wait.
const CYCLE: [Lane; 7] = [
    Lane::Known,
    Lane::Address,
    Lane::Unknown,
    Lane::Known,
    Lane::Address,
    Lane::Unknown,
    Lane::Registration,
];

/// What can wait.
pub(super) trait Job {
    /// Whether its client has gone. The queue drops such a job.
    fn is_cancelled(&self) -> bool;
}

/// How many jobs may wait at most.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// In one lane.
    pub(super) lane: usize,
    /// Of one site in one lane, under all names and from all its addresses.
    pub(super) site: usize,
    /// Of one address whose names do not count, which may be that of an office.
    pub(super) address: usize,
    /// Of any other key: one name, one user.
    pub(super) name: usize,
}

/// Why a job may not wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// Its key or its site has too many jobs already; the next ones should come after this time.
    Share(Duration),
    /// There are too many keys.
    Lane,
}

#[derive(Debug)]
pub(super) struct FairQueue<T> {
    lanes: [Waiting<T>; LANES],
    bounds: Bounds,
    /// The next place in [`CYCLE`].
    next: usize,
}

#[derive(Debug)]
struct Waiting<T> {
    shares: HashMap<Key, Share<T>>,
    /// The keys of `shares`, the next one first.
    turns: VecDeque<Key>,
    /// The jobs of each site that is known and has any.
    of_sites: HashMap<AddressKey, usize>,
    count: usize,
}

#[derive(Debug)]
struct Share<T> {
    jobs: VecDeque<(Option<AddressKey>, T)>,
    /// How many jobs were refused since the share was last empty.
    refused: u32,
}

impl<T: Job> FairQueue<T> {
    pub(super) fn new(bounds: Bounds) -> Self {
        let empty = || Waiting {
            shares: HashMap::new(),
            turns: VecDeque::new(),
            of_sites: HashMap::new(),
            count: 0,
        };
        Self { lanes: std::array::from_fn(|_| empty()), bounds, next: 0 }
    }

    /// Adds a job at the end of its share. In a full lane it takes the place of a job of the site that
    /// has the most there, and returns that one: so a few sites never keep out another.
    pub(super) fn push(&mut self, place: Place, job: T) -> Result<Option<T>, Full> {
        let lane = &mut self.lanes[place.lane as usize];
        let share_max = match place.key {
            Key::Address(_) => self.bounds.address,
            _ => self.bounds.name,
        };
        let site_max = self.bounds.site;
        let waiting = |lane: &Waiting<T>| lane.shares.get(&place.key).map_or(0, |s| s.jobs.len());
        let is_site_full =
            |lane: &Waiting<T>| place.site.is_some_and(|it| lane.count_of(it) >= site_max);
        let is_full = |lane: &Waiting<T>| waiting(lane) >= share_max || is_site_full(lane);
        if lane.count >= self.bounds.lane || is_full(lane) {
            lane.drop_cancelled();
        }
        if is_site_full(lane) {
            return Err(Full::Share(RETRY_AFTER_MIN));
        }
        if waiting(lane) >= share_max {
            let share = lane.shares.get_mut(&place.key).expect("a full share is there");
            let doublings = share.refused / REFUSALS_PER_DOUBLING;
            share.refused = share.refused.saturating_add(1);
            let wait = RETRY_AFTER_MIN * (1 << doublings.min(16));
            return Err(Full::Share(wait.min(RETRY_AFTER_MAX)));
        }
        let is_lane_full = lane.count >= self.bounds.lane;
        let displaced = place.site.filter(|_| is_lane_full).and_then(|it| lane.make_room_for(it));
        if is_lane_full && displaced.is_none() {
            return Err(Full::Lane);
        }
        let share = lane.shares.entry(place.key).or_insert_with(|| {
            lane.turns.push_back(place.key);
            Share { jobs: VecDeque::new(), refused: 0 }
        });
        share.jobs.push_back((place.site, job));
        lane.count += 1;
        if let Some(site) = place.site {
            *lane.of_sites.entry(site).or_default() += 1;
        }
        Ok(displaced)
    }

    /// Takes the next job.
    pub(super) fn pop(&mut self) -> Option<T> {
        (0..CYCLE.len()).find_map(|_| {
            let lane = CYCLE[self.next];
            self.next = (self.next + 1) % CYCLE.len();
            self.lanes[lane as usize].pop()
        })
    }
}

impl<T: Job> Waiting<T> {
    fn pop(&mut self) -> Option<T> {
        while let Some(key) = self.turns.pop_front() {
            let share = self.shares.get_mut(&key).expect("each turn has a share");
            let (site, job) = share.jobs.pop_front().expect("no share is empty");
            self.count -= 1;
            if share.jobs.is_empty() {
                self.shares.remove(&key);
            } else {
                self.turns.push_back(key);
            }
            if let Some(site) = site {
                self.forget(site);
            }
            if !job.is_cancelled() {
                return Some(job);
            }
        }
        None
    }

    fn count_of(&self, site: AddressKey) -> usize {
        self.of_sites.get(&site).copied().unwrap_or_default()
    }

    /// One job less of this site.
    fn forget(&mut self, site: AddressKey) {
        let Some(count) = self.of_sites.get_mut(&site) else { return };
        *count -= 1;
        if *count == 0 {
            self.of_sites.remove(&site);
        }
    }

    /// Takes out the last job of the site that has the most, if it keeps more than `site` will have.
    fn make_room_for(&mut self, site: AddressKey) -> Option<T> {
        let (&largest, &count) = self.of_sites.iter().max_by_key(|(_, count)| **count)?;
        if count < self.count_of(site) + 2 {
            return None;
        }
        let is_its = |(site, _): &(Option<AddressKey>, T)| *site == Some(largest);
        let turn = self.turns.iter().rposition(|key| self.shares[key].jobs.iter().any(is_its))?;
        let key = self.turns[turn];
        let share = self.shares.get_mut(&key).expect("each turn has a share");
        let at = share.jobs.iter().rposition(is_its)?;
        let (_, job) = share.jobs.remove(at)?;
        if share.jobs.is_empty() {
            self.shares.remove(&key);
            self.turns.remove(turn);
        }
        self.count -= 1;
        self.forget(largest);
        Some(job)
    }

    fn drop_cancelled(&mut self) {
        self.of_sites.clear();
        for share in self.shares.values_mut() {
            share.jobs.retain(|(_, job)| !job.is_cancelled());
            for site in share.jobs.iter().filter_map(|(site, _)| *site) {
                *self.of_sites.entry(site).or_default() += 1;
            }
        }
        self.shares.retain(|_, share| !share.jobs.is_empty());
        self.turns.retain(|key| self.shares.contains_key(key));
        self.count = self.shares.values().map(|share| share.jobs.len()).sum();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::http::ClientAddress;

    #[derive(Debug, PartialEq, Eq)]
    struct Item {
        name: u64,
        number: usize,
        is_cancelled: bool,
    }

    impl Job for Item {
        fn is_cancelled(&self) -> bool {
            self.is_cancelled
        }
    }

    const BOUNDS: Bounds = Bounds { lane: 96, site: 48, address: 16, name: 4 };

    fn place(lane: Lane, name: u64) -> Place {
        Place { lane, key: Key::Name(name), site: None }
    }

    fn item(name: u64, number: usize) -> Item {
        Item { name, number, is_cancelled: false }
    }

    #[test]
    fn a_flood_of_one_name_fills_its_own_share_only() {
        let mut queue = FairQueue::new(BOUNDS);
        let mut waits = Vec::new();
        for number in 0..200 {
            match queue.push(place(Lane::Unknown, 1), item(1, number)) {
                Ok(_) => assert!(number < 4),
                Err(Full::Share(wait)) => waits.push(wait),
                Err(Full::Lane) => panic!("the lane has room"),
            }
        }
        assert!(waits.is_sorted() && waits[0] == Duration::from_secs(1), "{waits:?}");
        assert_eq!(waits.last(), Some(&RETRY_AFTER_MAX), "the wait grows and has a bound");
        queue.push(place(Lane::Unknown, 2), item(2, 0)).unwrap();
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).map(|item| item.name).collect();
        assert_eq!(order, [1, 2, 1, 1, 1], "the other one waits for one job");
    }

    #[test]
    fn a_flood_of_names_delays_no_other_lane() {
        let mut queue = FairQueue::new(BOUNDS);
        let refused = (0..200).filter(|name| {
            queue.push(place(Lane::Unknown, *name), item(*name, 0)) == Err(Full::Lane)
        });
        assert_eq!(refused.count(), 200 - 96);
        for name in 0..200 {
            let pushed = queue.push(place(Lane::Registration, name), item(name, 1));
            assert_eq!(pushed.is_ok(), name < 96);
        }
        queue.push(place(Lane::Known, 1_000), item(1_000, 0)).unwrap();
        queue.push(place(Lane::Address, 1_001), item(1_001, 0)).unwrap();
        let first: Vec<_> = (0..7).map(|_| queue.pop().unwrap().name).collect();
        assert!(first.contains(&1_000) && first.contains(&1_001), "{first:?}");
        let rest: Vec<_> = std::iter::from_fn(|| queue.pop()).take(60).collect();
        let sign_ins = rest.iter().filter(|item| item.number == 0).count();
        assert_eq!(sign_ins, 40, "sign-ins get two of three turns");
    }

    #[test]
    fn an_office_shares_an_address() {
        let mut queue = FairQueue::new(BOUNDS);
        let key = Key::of_address("192.0.2.1");
        let address = Place { lane: Lane::Address, key, site: None };
        for number in 0..16 {
            queue.push(address, item(1, number)).unwrap();
        }
        assert!(matches!(queue.push(address, item(1, 16)), Err(Full::Share(_))));
    }

    #[test]
    fn many_names_of_one_site_leave_half_of_the_lane() {
        let mut queue = FairQueue::new(BOUNDS);
        let [school, home] = ["192.0.2.1", "192.0.2.2"].map(|address| {
            let site = ClientAddress::from_ip(address.parse().unwrap()).site();
            move |name| Place { lane: Lane::Known, key: Key::Owner(name), site: Some(site) }
        });
        for name in 0..200 {
            let is_cancelled = name == 0;
            let pushed = queue.push(school(name), Item { is_cancelled, ..item(name, 0) });
            // The cancelled one makes room for one more.
            assert_eq!(pushed.is_ok(), name < 49, "{name}: {pushed:?}");
        }
        let refused = queue.push(school(300), item(300, 0));
        assert_eq!(refused, Err(Full::Share(Duration::from_secs(1))));
        queue.push(home(300), item(300, 0)).unwrap();
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).map(|item| item.name).collect();
        assert_eq!(order, (1..49).chain([300]).collect::<Vec<_>>());
        assert!(queue.lanes[Lane::Known as usize].of_sites.is_empty());
        queue.push(school(0), item(0, 0)).unwrap();
    }

    #[test]
    fn two_sites_that_fill_a_lane_make_room_for_others() {
        let mut queue = FairQueue::new(BOUNDS);
        let sites: Vec<_> =
            (1..=110).map(|n| ClientAddress::from_ip([192, 0, 2, n].into()).site()).collect();
        let of = |site: usize, name| Place {
            lane: Lane::Known,
            key: Key::Owner(name),
            site: Some(sites[site]),
        };
        for name in 0..96 {
            let site = usize::try_from(name / 48).unwrap();
            assert_eq!(queue.push(of(site, name), item(name, site)), Ok(None));
        }
        // A third one gets as much as the two keep.
        let mut displaced = [0, 0];
        for name in 100..132 {
            let job = queue.push(of(2, name), item(name, 2)).unwrap().expect("the lane is full");
            displaced[job.number] += 1;
        }
        assert_eq!(displaced, [16, 16]);
        assert_eq!(queue.push(of(2, 200), item(200, 2)), Err(Full::Lane));
        // Those who wait longest stay.
        let left: Vec<_> = std::iter::from_fn(|| queue.pop()).map(|item| item.name).collect();
        assert_eq!(left, (0..32).chain(48..80).chain(100..132).collect::<Vec<_>>());
        let lane = &queue.lanes[Lane::Known as usize];
        assert!(lane.of_sites.is_empty() && lane.shares.is_empty() && lane.count == 0);
        // Sites that have one each keep their places.
        for site in 0..96 {
            assert_eq!(queue.push(of(site, site as u64), item(0, site)), Ok(None));
        }
        assert_eq!(queue.push(of(100, 100), item(0, 0)), Err(Full::Lane));
    }

    #[test]
    fn cancelled_jobs_make_room_and_are_never_taken() {
        let mut queue = FairQueue::new(BOUNDS);
        for name in 0..24 {
            for number in 0..4 {
                let item = Item { is_cancelled: true, ..item(name, number) };
                queue.push(place(Lane::Unknown, name), item).unwrap();
            }
        }
        queue.push(place(Lane::Unknown, 1), item(1, 7)).unwrap();
        assert_eq!(queue.pop(), Some(item(1, 7)));
        let cancelled = Item { is_cancelled: true, ..item(1, 0) };
        queue.push(place(Lane::Known, 1), cancelled).unwrap();
        assert_eq!(queue.pop(), None);
    }

    proptest! {
        /// Nothing is lost, the jobs of a key stay in order, and no job of a lane waits longer than
        /// for one job of each other key ahead of it.
        #[test]
        fn turns_are_fair(pushes in prop::collection::vec((0u64..12, 0usize..4), 1..200)) {
            let mut queue = FairQueue::new(BOUNDS);
            let lanes = [Lane::Known, Lane::Address, Lane::Unknown, Lane::Registration];
            let mut accepted = Vec::new();
            for (number, (name, lane)) in pushes.into_iter().enumerate() {
                let name = name * 4 + lane as u64;
                if queue.push(place(lanes[lane], name), item(name, number)).is_ok() {
                    accepted.push((name, number));
                }
            }
            let taken: Vec<_> =
                std::iter::from_fn(|| queue.pop()).map(|item| (item.name, item.number)).collect();
            let mut sorted = taken.clone();
            sorted.sort_by_key(|(_, number)| *number);
            prop_assert_eq!(&sorted, &accepted);
            for name in 0..48 {
                let places: Vec<_> =
                    taken.iter().filter(|(other, _)| other % 4 == name % 4).collect();
                let own: Vec<_> = places.iter().filter(|(other, _)| *other == name).collect();
                prop_assert!(own.is_sorted_by_key(|(_, number)| *number));
                let first = places.iter().position(|(other, _)| *other == name);
                prop_assert!(first.is_none_or(|first| first < 12), "{name}: {:?}", places);
            }
        }
    }
}
