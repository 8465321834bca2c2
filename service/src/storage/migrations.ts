/**
 * Schema changes, oldest first. Each is a list of statements for both engines; `TEXT` of keys is compared by code point
 * on both (`COLLATE "C"` on PostgreSQL, the default on SQLite).
 */
export interface Migration {
  name: string
  statements(engine: 'sqlite' | 'postgres'): string[]
}

export const migrations: readonly Migration[] = [
  {
    name: '001-start',
    statements: (engine) => {
      const text = engine === 'postgres' ? 'text collate "C"' : 'text'
      const integer = engine === 'postgres' ? 'bigint' : 'integer'
      const keyed = engine === 'postgres' ? '' : ' without rowid'
      return [
        `create table streams (key ${text} primary key, head ${integer} not null)${keyed}`,
        `create table log (
          stream ${text} not null, seq ${integer} not null, name ${text} not null, at ${text} not null,
          actor ${text}, connection ${text}, command_id ${text}, number ${integer}, client_message_id ${text},
          data text not null, primary key (stream, seq))${keyed}`,
        `create unique index log_sent on log (stream, actor, client_message_id) where client_message_id is not null`,
        `create table commands (
          actor ${text} not null, operation ${text} not null, command_id ${text} not null,
          input_hash ${text} not null, reply text not null, at ${text} not null,
          primary key (actor, operation, command_id))${keyed}`,
        `create index commands_at on commands (at)`,
        `create table users (
          username ${text} primary key, display_name text not null, first_name text, last_name text, email text,
          picture text, role ${text} not null, password_hash text, disabled_at ${text}, created_at ${text} not null)`,
        `create table sign_ins (
          id ${text} primary key, username ${text} not null references users (username) on delete cascade,
          created_at ${text} not null, used_at ${text} not null, ended_at ${text})`,
        `create index sign_ins_username on sign_ins (username)`,
        `create table refresh_tokens (
          hash ${text} primary key, sign_in_id ${text} not null references sign_ins (id) on delete cascade,
          created_at ${text} not null, used_at ${text}, command_id ${text})`,
        `create index refresh_tokens_sign_in on refresh_tokens (sign_in_id)`,
        `create table chats (
          chat_id ${text} primary key, key ${text} not null unique, kind ${text} not null, visibility ${text} not null,
          history_visibility ${text} not null, name text, topic text, created_by ${text}, created_at ${text} not null,
          member_count ${integer} not null, last_number ${integer} not null, last_seq ${integer} not null,
          last_at ${text} not null)`,
        `create table members (
          chat_id ${text} not null references chats (chat_id) on delete cascade, username ${text} not null,
          role ${text} not null, joined_at ${text} not null, joined_seq ${integer} not null,
          read_number ${integer} not null, read_seq ${integer} not null, primary key (chat_id, username))${keyed}`,
        `create index members_username on members (username)`,
      ]
    },
  },
  {
    name: '002-nodes',
    statements: (engine) => {
      const text = engine === 'postgres' ? 'text collate "C"' : 'text'
      const integer = engine === 'postgres' ? 'bigint' : 'integer'
      const keyed = engine === 'postgres' ? '' : ' without rowid'
      return [
        `create table leases (
          name ${text} primary key, holder ${text} not null, fence ${integer} not null,
          expires_at ${integer} not null)${keyed}`,
        `create table room_visits (
          chat_id ${text} not null references chats (chat_id) on delete cascade, username ${text} not null,
          node_id ${text} not null, primary key (chat_id, username, node_id))${keyed}`,
        `create index room_visits_node on room_visits (node_id)`,
        `create index sign_ins_ended on sign_ins (ended_at) where ended_at is not null`,
      ]
    },
  },
  {
    name: '003-identity',
    statements: (engine) => {
      const text = engine === 'postgres' ? 'text collate "C"' : 'text'
      const integer = engine === 'postgres' ? 'bigint' : 'integer'
      const keyed = engine === 'postgres' ? '' : ' without rowid'
      const person = `${text} not null references users (username) on delete cascade`
      return [
        ...['deleted_at', 'issuer', 'tokens_from', 'cut_at'].map(
          (column) => `alter table users add column ${column} ${text}`,
        ),
        `create index users_cut on users (cut_at) where cut_at is not null`,
        `create table user_properties (
          username ${person}, name ${text} not null, value text not null, primary key (username, name))${keyed}`,
        `create table blocks (
          owner ${person}, username ${person}, created_at ${text} not null, primary key (owner, username))${keyed}`,
        `create index blocks_username on blocks (username)`,
        `create table contacts (
          owner ${person}, username ${person}, nickname text, labels text not null, created_at ${text} not null,
          primary key (owner, username))${keyed}`,
        `create table groups (name ${text} primary key, description text, created_at ${text} not null)${keyed}`,
        `create table group_members (
          group_name ${text} not null references groups (name) on delete cascade, username ${person},
          by_token ${integer} not null, primary key (group_name, username))${keyed}`,
        `create index group_members_username on group_members (username)`,
        `create table api_keys (
          id ${text} primary key, name text not null, secret_hash text not null, scopes text not null,
          created_by ${text}, created_at ${text} not null, revoked_at ${text})`,
        `create table audit (
          id ${text} primary key, at ${text} not null, actor ${text}, action ${text} not null, subject ${text},
          details text)`,
        `create index audit_at on audit (at)`,
        `create index audit_subject on audit (subject, at)`,
      ]
    },
  },
  {
    name: '005-chat-permissions',
    statements: (engine) => {
      const text = engine === 'postgres' ? 'text collate "C"' : 'text'
      const integer = engine === 'postgres' ? 'bigint' : 'integer'
      const keyed = engine === 'postgres' ? '' : ' without rowid'
      const chat = `${text} not null references chats (chat_id) on delete cascade`
      return [
        `alter table chats add column guarded ${integer} not null default 0`,
        `alter table chats add column removed_at ${text}`,
        `create table chat_grants (
          chat_id ${chat}, subject ${text} not null, permissions text not null,
          primary key (chat_id, subject))${keyed}`,
        `create index chat_grants_subject on chat_grants (subject)`,
        `create table chat_sanctions (
          chat_id ${chat}, username ${text} not null, kind ${text} not null, until ${text}, reason text,
          created_by ${text}, created_at ${text} not null, primary key (chat_id, username, kind))${keyed}`,
        `create index chat_sanctions_username on chat_sanctions (username)`,
      ]
    },
  },
  {
    name: '004-event-tickets',
    statements: (engine) => {
      const text = engine === 'postgres' ? 'text collate "C"' : 'text'
      const integer = engine === 'postgres' ? 'bigint' : 'integer'
      const keyed = engine === 'postgres' ? '' : ' without rowid'
      return [
        `create table event_tickets (
          hash ${text} primary key, caller ${text} not null, token_ends_at ${integer} not null,
          created_at ${text} not null, used_at ${text})${keyed}`,
        `create index event_tickets_end on event_tickets (token_ends_at)`,
      ]
    },
  },
  {
    name: '006-presence-activities',
    statements: (engine) => {
      const text = engine === 'postgres' ? 'text collate "C"' : 'text'
      const integer = engine === 'postgres' ? 'bigint' : 'integer'
      const keyed = engine === 'postgres' ? '' : ' without rowid'
      const person = `${text} not null references users (username) on delete cascade`
      const activity = `type ${text} not null, id ${text} not null`
      const ofActivity = 'foreign key (type, id) references activities (type, id) on delete cascade'
      return [
        `create table presence (
          username ${person}, rev ${integer} not null, chosen ${text} not null, state ${text} not null, status text,
          status_expires_at ${text}, data text, show_last_seen ${integer} not null, unshown text,
          since ${text} not null, last_seen_at ${text}, changed_at ${integer} not null, primary key (username))${keyed}`,
        `create index presence_changed_at on presence (changed_at)`,
        `create index presence_status_expires_at on presence (status_expires_at) where status_expires_at is not null`,
        `create table presence_nodes (
          username ${person}, node_id ${text} not null, idle ${integer} not null,
          primary key (username, node_id))${keyed}`,
        `create index presence_nodes_node_id on presence_nodes (node_id)`,
        `create table activities (
          ${activity}, title text, metadata text, ephemeral ${integer} not null, capacity ${integer},
          created_by ${text}, created_at ${text} not null, state_keys ${integer} not null,
          state_bytes ${integer} not null, primary key (type, id))${keyed}`,
        `create table activity_grants (
          ${activity}, subject ${text} not null, permissions text not null, primary key (type, id, subject),
          ${ofActivity})${keyed}`,
        `create index activity_grants_subject on activity_grants (subject)`,
        `create table activity_state (
          ${activity}, key ${text} not null, value text not null, version ${integer} not null,
          bytes ${integer} not null, set_by ${text}, primary key (type, id, key), ${ofActivity})${keyed}`,
        `create index activity_state_set_by on activity_state (set_by) where set_by is not null`,
        `create table participants (
          ${activity}, connection_id ${text} not null, username ${text} not null, node_id ${text} not null,
          lurking ${integer} not null, joined_at ${text} not null, state text not null, rev ${integer} not null,
          changed_at ${integer} not null, left_at ${text}, primary key (type, id, connection_id))${keyed}`,
        `create index participants_username on participants (username)`,
        `create index participants_node_id on participants (node_id)`,
        `create index participants_changed_at on participants (changed_at)`,
      ]
    },
  },
]
