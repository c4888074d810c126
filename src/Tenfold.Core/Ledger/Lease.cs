namespace Tenfold.Core.Ledger;

/// <summary>The right to act on something as long as nobody else may, for a while.</summary>
/// <param name="Name">What it is for, such as the place where attempts are started.</param>
/// <param name="Holder">Who has it, see <see cref="Control.LeaseHolder"/>.</param>
/// <param name="Token">
/// The fencing token: higher for each holder than for the one before. A holder that stood still past its lease still believes in it;
/// the ledger knows better by the token (<see cref="ILedger.ApplyAsync"/>).
/// </param>
/// <remarks>Source: M. Burrows, "The Chubby lock service", OSDI 2006, section 2.4 (sequencers); M. Kleppmann, "Designing Data-Intensive
/// Applications", 2017, chapter 8 (fencing tokens).</remarks>
public sealed record Lease(string Name, string Holder, long Token);

/// <summary>What the ledger has of a lease, for messages and for who waits for it.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="Holder">Who has or had it last; null when it was given back.</param>
/// <param name="Token">The highest token given so far.</param>
/// <param name="Until">When it runs out, or ran out, by the ledger's clock.</param>
/// <param name="IsHeld">True when it is held and has not run out, by the ledger's clock.</param>
public sealed record LeaseRecord(string Name, string? Holder, long Token, DateTimeOffset Until, bool IsHeld);
