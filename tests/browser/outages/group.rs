//! Random steps in a group: people write from pages and from devices, are removed, added again,
//! leave, come back by the invite link and become admins.

use serde_json::{Value, json};

use super::{Page, Story, To, Written};
use crate::kit::poll;

pub(super) struct Group {
    pub(super) id: i64,
    /// The token of its invite link.
    token: String,
    /// The number of titles and messages that it got from devices.
    count: usize,
}

/// The place of each person in the group.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Admin,
    Member,
    Out,
}

impl Story {
    pub(super) async fn make_group(&mut self) {
        let [alice, bob, carol] = &self.users;
        let id = alice.make_group("Title 0", &[bob, carol]).await;
        let invite = alice.ask("POST", &format!("/api/chats/{id}/invite"), &Value::Null).await;
        let token = invite["token"].as_str().unwrap().to_owned();
        self.group = Some(Group { id, token, count: 0 });
    }

    fn group(&self) -> &Group {
        self.group.as_ref().unwrap()
    }

    fn next_in_group(&mut self) -> usize {
        let group = self.group.as_mut().unwrap();
        group.count += 1;
        group.count
    }

    pub(super) async fn group_step(&mut self) {
        let places = self.places().await;
        let user = self.dice.below(self.users.len());
        let is_out = places[user] == Place::Out;
        match self.dice.below(20) {
            0..=4 => self.write_in_a_page().await,
            5..=7 if !is_out => self.write_from_a_device(user).await,
            8..=9 if is_out => self.add(user, places).await,
            8..=9 => self.remove(user, places).await,
            10..=11 if is_out => self.join(user).await,
            11 => self.leave(user, places).await,
            12 => self.change_role(user, places).await,
            13 => self.change_settings(places).await,
            14 => self.rename_in_a_page().await,
            15..=16 => self.write_while_removed(places).await,
            17 => self.try_again().await,
            _ => {}
        }
    }

    async fn places(&self) -> [Place; 3] {
        let mut places = [Place::Out; 3];
        for (place, user) in places.iter_mut().zip(&self.users) {
            let groups = self.world.server.groups_of(user).await;
            *place = match groups[0]["membership"]["role"].as_str().unwrap() {
                "admin" => Place::Admin,
                "member" => Place::Member,
                _ => Place::Out,
            };
        }
        places
    }

    /// An admin, if possible another one than this person.
    fn admin(places: [Place; 3], beside: usize) -> Option<usize> {
        let mut admins = (0..places.len()).filter(|user| places[*user] == Place::Admin);
        admins.find(|user| *user != beside)
    }

    async fn add(&mut self, user: usize, places: [Place; 3]) {
        let Some(by) = Self::admin(places, user) else { return };
        self.note("add", user);
        self.users[by].add_member(self.group().id, &self.users[user]).await;
    }

    async fn join(&mut self, user: usize) {
        self.note("come by the link", user);
        let path = format!("/api/invites/{}/members", self.group().token);
        let server = &self.world.server;
        let (status, answer) = server.act(&self.users[user], "POST", &path, &Value::Null).await;
        // Whom an admin has removed only an admin brings back.
        assert!(status == 200 || answer["code"] == "removed_from_group", "{answer}");
    }

    async fn remove(&mut self, user: usize, places: [Place; 3]) {
        let Some(by) = Self::admin(places, user) else { return };
        self.note("remove", user);
        self.users[by].remove_member(self.group().id, &self.users[user]).await;
        self.is_gone(user);
    }

    async fn leave(&mut self, user: usize, places: [Place; 3]) {
        // A group without members is dead.
        if places.iter().filter(|place| **place != Place::Out).count() < 2 {
            return;
        }
        self.note("leave", user);
        self.users[user].remove_member(self.group().id, &self.users[user]).await;
        self.is_gone(user);
    }

    /// What this person has written and was not seen to be stored can be refused from now on.
    fn is_gone(&mut self, user: usize) {
        for message in &mut self.written {
            message.may_fail |= message.to == To::Group && self.pages[message.at].owner == user;
        }
    }

    async fn change_role(&mut self, user: usize, places: [Place; 3]) {
        let Some(by) = Self::admin(places, user) else { return };
        let role = match places[user] {
            Place::Admin => "member",
            Place::Member => "admin",
            Place::Out => return,
        };
        self.note(role, user);
        self.users[by].set_role(self.group().id, &self.users[user], role).await;
    }

    async fn change_settings(&mut self, places: [Place; 3]) {
        let Some(by) = Self::admin(places, usize::MAX) else { return };
        let history = ["none", "all"][self.dice.below(2)];
        let who_may_change = ["admins", "all"][self.dice.below(2)];
        let count = self.next_in_group();
        self.tell(&format!("title {count}, history {history}, {who_may_change} may change"));
        let change = json!({
            "title": format!("Title {count}"), "history_for_newcomers": history,
            "who_may_change": who_may_change,
        });
        self.users[by].change_group(self.group().id, &change).await;
    }

    /// The answer may overtake frames, come late or never.
    async fn rename_in_a_page(&mut self) {
        let (at, page) = self.some_page();
        if !page.is_ours().await {
            return;
        }
        let count = self.next_in_group();
        self.tell(&format!("title {count} from {at}"));
        let rename = "const source = document.querySelector('script[type=module]').src
            const asked = import(new URL('./groups/groups-api.js', source))
            void asked.then(({ changeGroup }) => changeGroup(args[0], { title: args[1] })).catch(() => {})";
        let (id, title) = (self.group().id, format!("Title {count}"));
        page.browser.js_async(rename, json!([id, title])).await;
    }

    /// Some messages mention somebody, or everyone.
    async fn write_from_a_device(&mut self, user: usize) {
        let mention = match self.dice.below(6) {
            0 => " <@all>".to_owned(),
            other => self.users.get(other - 1).map_or(String::new(), |it| format!(" <@{}>", it.id)),
        };
        let text = format!("From a device {}{mention}", self.next_in_group());
        self.tell(&format!("{user} writes {text}"));
        self.users[user].connect().await.say(self.group().id, &text).await;
    }

    fn some_page(&mut self) -> (usize, Page) {
        let at = self.dice.below(self.pages.len());
        (at, self.pages[at].clone())
    }

    async fn write_in_a_page(&mut self) {
        let (at, page) = self.some_page();
        self.write_in_group(at, &page).await;
    }

    /// The author is removed while the messages wait, and perhaps back before they are sent.
    async fn write_while_removed(&mut self, places: [Place; 3]) {
        let (at, page) = self.some_page();
        if places[page.owner] == Place::Out || Self::admin(places, page.owner).is_none() {
            return;
        }
        self.note("close before a removal", at);
        page.proxy.close();
        self.write_in_group(at, &page).await;
        self.remove(page.owner, places).await;
        if self.dice.below(3) == 0 {
            self.add(page.owner, places).await;
        }
        if self.dice.below(2) == 0 {
            self.note("open", at);
            page.proxy.open();
        }
    }

    /// Opens the group with a click, if the page lists it. Returns whether one can write in it.
    pub(super) async fn open_group(&mut self, at: usize, page: &Page) -> bool {
        page.front().await;
        if !page.is_ours().await {
            return false;
        }
        self.note("open the group in", at);
        let click = "const row = all('chat-row').find((row) => row.getAttribute('href')?.endsWith(`/chats/${arguments[0]}`))
            row?.click()
            return row !== undefined";
        let id = self.group().id;
        if page.browser.js(click, json!([id])).await != true {
            return false;
        }
        let open = "return theStore().then(({ state }) => state.open?.chat_id === arguments[0]
            && $('chat-title').textContent === state.chats[arguments[0]].title)";
        page.browser.until("the group", open, json!([id])).await;
        page.browser.js("return shown($('composer'))", json!([])).await == true
    }

    async fn write_in_group(&mut self, at: usize, page: &Page) {
        if !self.open_group(at, page).await {
            return;
        }
        let is_out = self.places().await[page.owner] == Place::Out;
        for _ in 0..=self.dice.below(3) {
            let text = self.type_message(at, page).await;
            if !self.is_sent(page, &text).await {
                self.note("closed while writing in", at);
                return;
            }
            let to = To::Group;
            self.written.push(Written {
                at,
                to,
                text,
                may_fail: is_out,
                retried: false,
                may_be_deleted: false,
            });
        }
    }

    /// Whether the page has taken a message. It does not if it learns just now that its person is
    /// out of the group: then the text stays in the composer, which is cleared here.
    async fn is_sent(&self, page: &Page, text: &str) -> bool {
        let sent = "return theStore().then(({ state }) => {
            const [chat, text] = arguments
            const waits = state.queue.some(({ body }) => body.content === text)
            if (waits || state.logs[chat]?.rows.some(({ content }) => content === text)) return true
            if (state.memberships[chat]?.role !== 'former') return null
            $('composer').value = ''
            $('composer').dispatchEvent(new Event('input', { bubbles: true }))
            return false
        })";
        let id = self.group().id;
        let sent = poll(async || page.browser.js(sent, json!([id, text])).await.as_bool()).await;
        sent.unwrap_or_else(|| panic!("“{text}” is neither sent nor refused, after\n{}", self.log))
    }

    /// Sends again what was refused.
    async fn try_again(&mut self) {
        let (at, page) = self.some_page();
        if !self.open_group(at, &page).await {
            return;
        }
        let retry = "return all('retry').filter(shown).map((button) => {
            const { textContent } = part('text', button.closest('[data-test=message]'))
            button.click()
            return textContent
        })";
        let again = page.browser.js(retry, json!([])).await;
        self.tell(&format!("try again in {at}: {again}"));
        for message in &mut self.written {
            message.retried |= again.as_array().unwrap().iter().any(|text| *text == message.text);
        }
    }
}
