//! The v2 dialect: welcome, catching up, and what a client may ask for.

use tokio_tungstenite::tungstenite::Message;

use super::{Ending, Socket, Take, unserved};
use crate::{
    actions,
    config::FRAME_BYTES_MAX,
    error::{Error, Result},
    http::ReplyShare,
    limits::Act,
    model::Posted,
    store::{Feed, Since},
    types::{ChatId, Seq, UserId},
    wire::{self, ClientFrame, Dialect, Limits, Misread, Names, SendFrame, ServerFrame},
};

/// What a frame asks for that takes time, and the `ref` of the frame.
pub(super) struct Asked {
    what: What,
    names: Names,
}

enum What {
    CatchUp(Option<Since>),
    Pong,
    Typing(ChatId, bool),
    /// Look at people whom the client has just subscribed to.
    LookAt(Box<[UserId]>),
}

impl Socket {
    /// The first frame: who you are, and what the server allows.
    pub(super) async fn start_v2(&mut self) -> Result<(), Ending> {
        let session = self.connection.session_id;
        let found = self.app.store.find_self(session).await.map_err(|error| unserved(&error))?;
        let (user, privacy) = found.ok_or(super::SIGNED_OUT)?;
        let config = &self.app.config;
        let welcome = ServerFrame::Welcome {
            user: &user,
            privacy: &privacy,
            limits: Limits {
                content_bytes_max: config.content_bytes_max as usize,
                frame_bytes_max: FRAME_BYTES_MAX,
                edit_ms_max: u64::from(config.edit_minutes) * 60_000,
                delete_ms_max: u64::from(config.delete_hours) * 3_600_000,
            },
            version: env!("CARGO_PKG_VERSION"),
            now: self.app.store.expiry_now(),
        };
        self.write_one(&welcome).await
    }

    /// Reads a frame of a v2 client, and returns what is left to do for it. A frame that cannot be
    /// done is answered; the socket lives on.
    pub(super) fn read_v2(&mut self, text: &str) -> Option<Asked> {
        let (frame, names) = match wire::decode(text) {
            Ok(decoded) => decoded,
            Err(Misread { error, names }) => {
                self.refuse(&error, &names);
                self.penalize();
                return None;
            }
        };
        if !self.may_ask(&frame, &names) {
            return None;
        }
        let what = match frame {
            ClientFrame::Hello { since, epoch, subscribe } => {
                self.app.hub.subscribe(&self.connection, subscribe);
                What::CatchUp(since.map(|revision| Since { revision, epoch }))
            }
            ClientFrame::Subscribe(people) => {
                What::LookAt(self.app.hub.subscribe(&self.connection, Some(people)))
            }
            ClientFrame::Ping => What::Pong,
            ClientFrame::Typing { chat_id, on } => What::Typing(chat_id, on),
            ClientFrame::Unknown => return None,
            ClientFrame::Send(message) => {
                self.send(message, &names, text.len());
                return None;
            }
            ClientFrame::Receipt { chat_id, delivered, read } => {
                let seqs = (delivered.unwrap_or_default(), read.unwrap_or_default());
                self.confirm(chat_id, seqs, &names, text.len());
                return None;
            }
        };
        Some(Asked { what, names })
    }

    /// Takes a frame from the user's budget.
    fn may_ask(&mut self, frame: &ClientFrame, names: &Names) -> bool {
        match frame {
            ClientFrame::Hello { .. } => self.may(Act::Hello, names),
            ClientFrame::Subscribe(_) => self.may(Act::Subscribe, names),
            ClientFrame::Send(message) => self.may_send(message.content.len(), names),
            ClientFrame::Receipt { .. } => self.may(Act::Receipt, names),
            ClientFrame::Typing { .. } => self.may_type(),
            ClientFrame::Ping => self.may(Act::Ping, names),
            ClientFrame::Unknown => {
                self.penalize();
                true
            }
        }
    }

    fn send(&mut self, message: SendFrame, names: &Names, bytes: usize) {
        let (asker, names_then) = (self.owe(), names.clone());
        let answer = move |outcome: Result<Posted>| {
            asker.answer(match outcome {
                Ok(posted) => wire::encode_ack(&posted, names_then.reference.as_deref()),
                Err(error) => wire::encode_error(Dialect::V2, error.logged(), &names_then),
            });
            asker.end();
        };
        let (sender, origin) = (self.connection.user_id, Some(self.connection.id));
        let submitted = actions::messages::submit(&self.app, sender, message, origin, answer);
        self.settle(submitted, names, bytes);
    }

    /// Silent when it works: the receipt itself comes as a row.
    fn confirm(&mut self, chat: ChatId, seqs: (Seq, Seq), names: &Names, bytes: usize) {
        let (asker, names_then) = (self.owe(), names.clone());
        let answer = move |outcome: Result<()>| {
            if let Err(error) = outcome {
                asker.answer(wire::encode_error(Dialect::V2, error.logged(), &names_then));
            }
            asker.end();
        };
        let user = self.connection.user_id;
        let submitted = actions::receipts::submit(&self.app, user, chat, seqs, answer);
        self.settle(submitted, names, bytes);
    }

    /// Does the rest for a frame that takes time.
    pub(super) async fn do_v2(&mut self, Asked { what, names }: Asked) -> Result<(), Ending> {
        let reference = names.reference.as_deref();
        match what {
            What::CatchUp(since) => {
                self.catch_up(since, reference).await?;
                // When they were last seen is in no row.
                let named = self.app.hub.list_named(&self.connection);
                if named.is_empty() {
                    Ok(())
                } else {
                    self.look_at(&named, &Names::default()).await
                }
            }
            What::Pong => {
                // A client that has the pong has everything that was published before its ping, and
                // all rows of the last revision among it.
                self.write_mailbox(Take::Whole).await?;
                let (frames, now) = (self.written, self.app.store.expiry_now());
                self.write_one(&ServerFrame::Pong { frames, now, reference }).await
            }
            What::Typing(chat_id, on) => {
                if let Err(error) = self.pass_typing(chat_id, on).await {
                    self.refuse(&error, &names);
                }
                Ok(())
            }
            What::LookAt(people) => self.look_at(&people, &names).await,
        }
    }

    /// Writes how people appear now. What changes later comes as `presence`, and a change that is
    /// told twice is harmless.
    async fn look_at(&mut self, people: &[UserId], names: &Names) -> Result<(), Ending> {
        let viewer = self.connection.user_id;
        match actions::presence::look_at(&self.app, viewer, people).await {
            Ok(people) => {
                let (people, reference) = (&people, names.reference.as_deref());
                self.write_one(&ServerFrame::Subscribed { people, reference }).await
            }
            Err(error) => {
                self.refuse(&error, names);
                Ok(())
            }
        }
    }

    async fn pass_typing(&self, chat_id: ChatId, on: bool) -> Result<()> {
        match actions::presence::type_in(&self.app, self.connection.user_id, chat_id, on).await {
            // Typing may be lost, and clients need not know that it was.
            Err(Error::Busy) => Ok(()),
            other => other,
        }
    }

    /// `hello`, or a mailbox that was full: lets live changes in first, then reads what was missed. A
    /// row that comes both ways is harmless, because it is whole and carries its revision.
    pub(super) async fn catch_up(
        &mut self,
        since: Option<Since>,
        reference: Option<&str>,
    ) -> Result<(), Ending> {
        // This may wait for the database for a while.
        self.wake.now();
        self.connection.make_ready();
        let user = self.connection.user_id;
        let online = self.app.hub.list_subscribed(&self.connection);
        let epoch = self.app.store.epoch();
        let rows_max = self.app.config.sync_rows_max as usize;
        let Some(mut since) = since else {
            let revision = self.app.store.find_visible_revision(user).await;
            let revision = revision.map_err(|error| unserved(&error))?;
            self.connection.note_reached(revision);
            let online = &online;
            let reset = ServerFrame::Reset { revision, epoch, restored: false, online, reference };
            return self.write_one(&reset).await;
        };
        loop {
            // The rows and their frame have a share of the memory for replies. Without changes there
            // is nothing to keep.
            let share = if self.app.store.may_have_changes(user, since) {
                Some(self.reply_share().await?)
            } else {
                None
            };
            let feed = self.app.store.list_changes(user, since, rows_max).await;
            match feed.map_err(|error| unserved(&error))? {
                Feed::Reset { revision, restored } => {
                    // The peer may be slow, and this answer is short.
                    drop(share);
                    self.connection.note_reached(revision);
                    let online = &online;
                    let reset = ServerFrame::Reset { revision, epoch, restored, online, reference };
                    return self.write_one(&reset).await;
                }
                Feed::Rows { rows, revision, more } => {
                    if rows.is_empty() {
                        drop(share);
                    } else {
                        let frame = wire::encode(&ServerFrame::Sync { rows: &rows, more });
                        drop(rows);
                        self.write_page(frame, share).await?;
                    }
                    if !more {
                        self.connection.note_reached(revision);
                        let online = &online;
                        let synced = ServerFrame::Synced { revision, epoch, online, reference };
                        return self.write_one(&synced).await;
                    }
                    since = Since { revision, epoch: Some(epoch) };
                }
            }
        }
    }

    async fn write_page(&mut self, frame: String, share: Option<ReplyShare>) -> Result<(), Ending> {
        let share = share.map(|mut share| {
            share.shrink(frame.len());
            share
        });
        self.write(std::iter::once(Message::text(frame))).await?;
        drop(share);
        // Nothing is read meanwhile, and a client that takes page after page is alive.
        self.connection.note_heard();
        Ok(())
    }
}
