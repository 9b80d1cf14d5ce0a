//! The v2 dialect: welcome, catching up, and what a client may ask for.

use super::{Ending, Socket, unserved};
use crate::{
    actions,
    config::FRAME_BYTES_MAX,
    error::{Error, Result},
    store::{Feed, Since},
    types::{ChatId, Seq},
    wire::{self, ClientFrame, Dialect, Limits, Misread, ServerFrame},
};

/// What a frame asks for that cannot be done at once.
pub(super) enum Asked {
    CatchUp(Option<Since>),
    Pong,
    Typing(ChatId, bool),
}

impl Socket {
    /// The first frame: who you are, where the server is, what it allows.
    pub(super) async fn start_v2(&mut self) -> Result<(), Ending> {
        let revision = self.app.store.revision();
        let session = self.connection.session_id;
        let found = self.app.store.find_self(session).await.map_err(|error| unserved(&error))?;
        let (user, privacy) = found.ok_or(super::SIGNED_OUT)?;
        let welcome = ServerFrame::Welcome {
            user: &user,
            privacy: &privacy,
            revision,
            limits: Limits {
                content_bytes_max: self.app.config.content_bytes_max as usize,
                frame_bytes_max: FRAME_BYTES_MAX,
            },
            version: env!("CARGO_PKG_VERSION"),
        };
        self.write_one(&welcome).await
    }

    /// A frame of a v2 client. What cannot be done is answered; the socket lives.
    pub(super) fn read_v2(&mut self, text: &str) -> Option<Asked> {
        let request = match wire::decode(text) {
            Ok(request) => request,
            Err(Misread { error, cid }) => {
                self.refuse(&error, cid);
                return None;
            }
        };
        let (outcome, cid) = match request {
            ClientFrame::Hello { since, epoch } => {
                return Some(Asked::CatchUp(since.map(|revision| Since { revision, epoch })));
            }
            ClientFrame::Ping => return Some(Asked::Pong),
            ClientFrame::Typing { chat_id, on } => return Some(Asked::Typing(chat_id, on)),
            ClientFrame::Unknown => return None,
            ClientFrame::Send(message) => {
                let cid = message.cid;
                (actions::messages::send(&self.app, &self.connection, Dialect::V2, message), cid)
            }
            ClientFrame::Receipt { chat_id, delivered, read } => {
                let (delivered, read) = (delivered.unwrap_or_default(), read.unwrap_or(Seq(0)));
                let asked = actions::receipts::confirm(
                    &self.app,
                    &self.connection,
                    chat_id,
                    delivered,
                    read,
                );
                (asked, None)
            }
        };
        self.settle(outcome, cid, text.len());
        None
    }

    /// The rest of a frame that takes its time.
    pub(super) async fn do_v2(&mut self, asked: Asked) -> Result<(), Ending> {
        match asked {
            Asked::CatchUp(since) => self.catch_up(since).await,
            Asked::Pong => self.write_one(&ServerFrame::Pong { frames: self.written }).await,
            Asked::Typing(chat_id, on) => {
                if let Err(error) = self.pass_typing(chat_id, on).await {
                    self.refuse(&error, None);
                }
                Ok(())
            }
        }
    }

    async fn pass_typing(&self, chat_id: ChatId, on: bool) -> Result<()> {
        match actions::presence::type_in(&self.app, self.connection.user_id, chat_id, on).await {
            // Typing may be lost; nobody wants to hear that it was.
            Err(Error::Busy) => Ok(()),
            other => other,
        }
    }

    /// `hello`: lets live changes in first, then reads what was missed. What comes both ways is
    /// harmless, because every row is whole and carries its revision.
    async fn catch_up(&mut self, since: Option<Since>) -> Result<(), Ending> {
        self.connection.make_ready();
        let online = self.app.hub.list_online(self.connection.user_id);
        let epoch = self.app.store.epoch();
        let Some(mut since) = since else {
            let revision = self.app.store.revision();
            let reset = ServerFrame::Reset { revision, epoch, restored: false, online: &online };
            return self.write_one(&reset).await;
        };
        let (user, rows_max) = (self.connection.user_id, self.app.config.sync_rows_max as usize);
        loop {
            let feed = self.app.store.list_changes(user, since, rows_max).await;
            match feed.map_err(|error| unserved(&error))? {
                Feed::Reset { revision, restored } => {
                    let reset = ServerFrame::Reset { revision, epoch, restored, online: &online };
                    return self.write_one(&reset).await;
                }
                Feed::Rows { rows, revision, more } => {
                    if !rows.is_empty() {
                        self.write_one(&ServerFrame::Sync { rows: &rows, more }).await?;
                        // Nothing is read meanwhile, and who takes page after page is alive.
                        self.connection.note_heard();
                    }
                    if !more {
                        let synced = ServerFrame::Synced { revision, epoch, online: &online };
                        return self.write_one(&synced).await;
                    }
                    since = Since { revision, epoch: Some(epoch) };
                }
            }
        }
    }
}
