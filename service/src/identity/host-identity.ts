/** What a token says of a person. */
export interface Profile {
  displayName?: string
  firstName?: string
  lastName?: string
  email?: string
  /** An https address. */
  picture?: string
}

/** Who a host says that somebody is. */
export interface HostIdentity {
  /** `iss` of the token, as it is configured. */
  issuer: string
  /** The issuer's configured name. */
  name?: string
  /** `sub`, or `NAME:sub` for an issuer that is not the primary one. */
  username: string
  /** Milliseconds since 1970; up to 30 s ago, as clocks differ. */
  expiresAt: number
  /** Milliseconds since 1970. */
  issuedAt?: number
  /** What the token says of the person; what it does not say is absent. */
  profile: Profile
  /** Names of groups as the service knows them: `NAME:group`. Absent where the token says nothing of groups. */
  groups?: string[]
}
