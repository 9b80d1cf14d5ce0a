//! What a group is to be after what people did: who is in it, and what each of them sees.

use std::collections::{BTreeMap, BTreeSet};

/// A text that somebody has sent, as it is now.
pub(super) struct Text {
    pub(super) id: i64,
    by: usize,
    /// What it said first.
    first: String,
    /// Empty once it is deleted or has expired.
    pub(super) content: String,
    /// Whether it expires.
    expires: bool,
    expired: bool,
    /// By person: what they react with.
    pub(super) reactions: BTreeMap<usize, &'static str>,
    /// Who has starred it.
    stars: BTreeSet<usize>,
    /// Who has deleted it for themselves.
    hidden: BTreeSet<usize>,
}

/// People are numbers below this.
pub(super) const PEOPLE: usize = 4;

pub(super) struct Member {
    /// Who came earlier has a lower one. Those who came together have the same.
    order: usize,
    pub(super) admin: bool,
}

pub(super) struct Group {
    pub(super) id: i64,
    /// The token of its invite link.
    pub(super) token: String,
    pub(super) members: BTreeMap<usize, Member>,
    /// What each person sees of the messages, also after they have left.
    seen: [Vec<String>; PEOPLE],
    /// Those whom an admin has removed, until one adds them again.
    removed: BTreeSet<usize>,
    /// Everybody who is or was in it.
    known: BTreeSet<usize>,
    lines: Vec<String>,
    pub(super) texts: Vec<Text>,
    /// Which of the texts are pinned, the latest pin first.
    pins: Vec<usize>,
    history: bool,
    timer: bool,
    title: usize,
    comings: usize,
}

impl Group {
    pub(super) fn new(
        id: i64,
        token: String,
        by: usize,
        members: [bool; PEOPLE],
        history: bool,
    ) -> Self {
        let mut group = Self {
            id,
            token,
            members: BTreeMap::new(),
            seen: Default::default(),
            removed: BTreeSet::new(),
            known: BTreeSet::new(),
            lines: Vec::new(),
            texts: Vec::new(),
            pins: Vec::new(),
            history,
            timer: false,
            title: 0,
            comings: 0,
        };
        for (user, is_member) in members.into_iter().enumerate() {
            if is_member || user == by {
                group.members.insert(user, Member { order: 0, admin: user == by });
                group.known.insert(user);
            }
        }
        group.tell("*created*");
        group
    }

    /// Something that all current members see.
    fn tell(&mut self, line: &str) {
        self.lines.push(line.to_owned());
        for user in self.members.keys() {
            self.seen[*user].push(line.to_owned());
        }
    }

    fn is_admin(&self, user: usize) -> bool {
        self.members.get(&user).is_some_and(|it| it.admin)
    }

    fn has_admin_beside(&self, user: usize) -> bool {
        self.members.iter().any(|(other, it)| *other != user && it.admin)
    }

    /// Each of these says whether it is allowed.
    pub(super) fn say(&mut self, by: usize, text: &str) -> bool {
        let allowed = self.members.contains_key(&by);
        if allowed {
            self.tell(text);
        }
        allowed
    }

    /// Notes the id of the text that was just sent.
    pub(super) fn note_sent(&mut self, id: i64, by: usize, text: &str) {
        let (first, content) = (text.to_owned(), text.to_owned());
        let (stars, hidden) = (BTreeSet::new(), BTreeSet::new());
        let (expires, reactions) = (self.timer, BTreeMap::new());
        let text =
            Text { id, by, first, content, expires, expired: false, reactions, stars, hidden };
        self.texts.push(text);
    }

    /// Whether somebody was in the group when a text was sent, or sees it by its history.
    fn has_seen(&self, user: usize, text: usize) -> bool {
        self.seen[user].contains(&self.texts[text].first)
    }

    /// Whether somebody is in the group and is told of a text.
    fn sees(&self, user: usize, text: usize) -> bool {
        self.members.contains_key(&user) && self.has_seen(user, text)
    }

    /// Whether somebody is in the group and can do something to a text.
    fn reaches(&self, user: usize, text: usize) -> bool {
        self.sees(user, text) && self.is_there_for(user, text)
    }

    /// Whether a text has not expired, and somebody has not hidden it.
    fn is_there_for(&self, user: usize, text: usize) -> bool {
        let text = &self.texts[text];
        !text.expired && !text.hidden.contains(&user)
    }

    pub(super) fn edit(&mut self, by: usize, text: usize, content: &str) -> bool {
        let reaches = self.reaches(by, text);
        let text = &mut self.texts[text];
        let allowed = reaches && text.by == by && !text.content.is_empty();
        if allowed {
            content.clone_into(&mut text.content);
        }
        allowed
    }

    pub(super) fn delete(&mut self, by: usize, place: usize) -> bool {
        let allowed = self.reaches(by, place) && (self.texts[place].by == by || self.is_admin(by));
        if allowed {
            self.empty(place);
        }
        allowed
    }

    fn empty(&mut self, place: usize) {
        let text = &mut self.texts[place];
        text.content.clear();
        text.reactions.clear();
        text.stars.clear();
        self.pins.retain(|it| *it != place);
    }

    /// The time of all texts is over that have one.
    pub(super) fn expire(&mut self) {
        for place in 0..self.texts.len() {
            if self.texts[place].expires {
                self.texts[place].expired = true;
                self.empty(place);
            }
        }
    }

    /// Only admins may change the group, so only they set its timer.
    pub(super) fn set_timer(&mut self, by: usize, on: bool) -> bool {
        if self.is_admin(by) && on != self.timer {
            self.timer = on;
            self.tell("*timer*");
        }
        self.is_admin(by)
    }

    pub(super) fn react(&mut self, by: usize, text: usize, emoji: Option<&'static str>) -> bool {
        let allowed = self.reaches(by, text) && !self.texts[text].content.is_empty();
        if allowed {
            let reactions = &mut self.texts[text].reactions;
            match emoji {
                Some(emoji) => drop(reactions.insert(by, emoji)),
                None => drop(reactions.remove(&by)),
            }
        }
        allowed
    }

    /// Former members star what they have seen, too.
    pub(super) fn star(&mut self, by: usize, text: usize, on: bool) -> bool {
        let has_seen = self.has_seen(by, text);
        let text = &mut self.texts[text];
        let allowed = has_seen && !text.hidden.contains(&by) && !text.content.is_empty();
        if allowed && on {
            text.stars.insert(by);
        } else if allowed {
            text.stars.remove(&by);
        }
        allowed
    }

    pub(super) fn hide(&mut self, by: usize, text: usize) -> bool {
        let allowed = self.has_seen(by, text) && !self.texts[text].expired;
        if allowed {
            self.texts[text].stars.remove(&by);
            self.texts[text].hidden.insert(by);
        }
        allowed
    }

    /// Only admins may change the group, so only they pin.
    pub(super) fn pin(&mut self, by: usize, text: usize, on: bool) -> bool {
        let is_there = !self.texts[text].content.is_empty();
        let allowed = self.reaches(by, text) && self.is_admin(by) && is_there;
        if allowed {
            let is_pinned = self.pins.contains(&text);
            self.pins.retain(|it| *it != text);
            if on {
                self.pins.insert(0, text);
                self.pins.truncate(3);
                if !is_pinned {
                    self.tell("*pinned*");
                }
            }
        }
        allowed
    }

    /// The ids of the pinned texts that a person sees, the latest pin first.
    pub(super) fn pinned(&self, user: usize) -> Vec<i64> {
        let pins = self.pins.iter().filter(|text| self.reaches(user, **text));
        pins.map(|text| self.texts[*text].id).collect()
    }

    /// The ids of the texts that a person has starred.
    pub(super) fn starred(&self, user: usize) -> Vec<i64> {
        let texts = self.texts.iter().filter(|text| text.stars.contains(&user));
        texts.map(|text| text.id).collect()
    }

    /// What a person sees, as it reads now. A hidden text has no words.
    pub(super) fn told(&self, user: usize) -> Vec<String> {
        let now = |line: &String| match self.texts.iter().find(|text| text.first == *line) {
            Some(text) if text.hidden.contains(&user) => String::new(),
            Some(text) => text.content.clone(),
            None => line.clone(),
        };
        self.seen[user].iter().map(now).collect()
    }

    /// The reactions that a person sees, by message and emoji.
    pub(super) fn reactions(&self, user: usize) -> BTreeMap<(i64, String), u64> {
        let mut counts = BTreeMap::new();
        for (place, text) in self.texts.iter().enumerate() {
            for emoji in text.reactions.values().filter(|_| self.sees(user, place)) {
                *counts.entry((text.id, (*emoji).to_owned())).or_default() += 1;
            }
        }
        counts
    }

    pub(super) fn add(&mut self, by: usize, users: [bool; PEOPLE]) -> bool {
        if !self.is_admin(by) {
            return false;
        }
        let chosen = users.into_iter().enumerate().filter(|(_, is_chosen)| *is_chosen);
        self.let_in(chosen.map(|(user, _)| user), "*added*");
        true
    }

    pub(super) fn join(&mut self, by: usize) -> bool {
        let allowed = !self.members.is_empty() && !self.removed.contains(&by);
        if allowed {
            self.let_in([by], "*joined*");
        }
        allowed
    }

    fn let_in(&mut self, users: impl IntoIterator<Item = usize>, line: &str) {
        self.comings += 1;
        let mut is_news = false;
        for user in users {
            if !self.members.contains_key(&user) {
                self.members.insert(user, Member { order: self.comings, admin: false });
                self.known.insert(user);
                self.removed.remove(&user);
                if self.history {
                    self.seen[user].clone_from(&self.lines);
                }
                is_news = true;
            }
        }
        if is_news {
            self.tell(line);
        }
    }

    pub(super) fn remove(&mut self, by: usize, user: usize) -> bool {
        if !self.members.contains_key(&by) || (user != by && !self.is_admin(by)) {
            return false;
        }
        if !self.members.contains_key(&user) {
            // Somebody who has left is kept out from then on.
            let is_known = self.known.contains(&user);
            if is_known {
                self.removed.insert(user);
            }
            return is_known;
        }
        self.tell(if user == by { "*left*" } else { "*removed*" });
        self.members.remove(&user);
        if user != by {
            self.removed.insert(user);
        }
        if !self.members.values().any(|it| it.admin)
            && let Some(longest) =
                self.members.iter_mut().min_by_key(|(user, it)| (it.order, **user))
        {
            longest.1.admin = true;
            self.tell("*became_admin*");
        }
        true
    }

    pub(super) fn set_role(&mut self, by: usize, user: usize, admin: bool) -> bool {
        if !self.is_admin(by) || !self.members.contains_key(&user) {
            return false;
        }
        if self.is_admin(user) == admin {
            return true;
        }
        if !admin && !self.has_admin_beside(user) {
            return false;
        }
        self.members.get_mut(&user).expect("it is a member").admin = admin;
        self.tell("*role_changed*");
        true
    }

    pub(super) fn rename(&mut self, by: usize, title: usize) -> bool {
        if self.is_admin(by) && title != self.title {
            self.title = title;
            self.tell("*title_changed*");
        }
        self.is_admin(by)
    }
}
