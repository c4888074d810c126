namespace Tenfold.Core.Ledger;

/// <summary>The exclusive right to act on something for a limited time.</summary>
/// <param name="Name">What the lease is for, such as the place where attempts are started.</param>
/// <param name="Holder">Who holds the lease; see <see cref="Control.LeaseHolder"/>.</param>
/// <param name="Token">
/// The fencing token: each holder gets a higher one than the holder before. A process that was suspended past the end of its lease still
/// believes that it holds the lease; the ledger rejects its changes by the token (<see cref="ILedger.ApplyAsync"/>).
/// </param>
/// <remarks>Source: M. Burrows, "The Chubby lock service", OSDI 2006, section 2.4 (sequencers); M. Kleppmann, "Designing Data-Intensive
/// Applications", 2017, chapter 8 (fencing tokens).</remarks>
public sealed record Lease(string Name, string Holder, long Token);

/// <summary>A lease as the ledger records it, for messages and for processes that wait for the lease.</summary>
/// <param name="Name">What the lease is for.</param>
/// <param name="Holder">The current or last holder; null when the lease was released.</param>
/// <param name="Token">The highest token given so far.</param>
/// <param name="Until">When the lease expires or expired, by the ledger's clock.</param>
/// <param name="IsHeld">True when the lease is held and has not expired, by the ledger's clock.</param>
public sealed record LeaseRecord(string Name, string? Holder, long Token, DateTimeOffset Until, bool IsHeld);
