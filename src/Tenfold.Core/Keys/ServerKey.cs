namespace Tenfold.Core.Keys;

/// <summary>An API key of the server, as it is stored: only its hash, from which the key can't be found.</summary>
/// <param name="Name">Its name, which the server's log shows.</param>
/// <param name="Role">What it allows.</param>
/// <param name="Sha256">The SHA-256 of the key, in lower-case hexadecimal. A key has 256 random bits, so it needs no slow hash.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record ServerKey(string Name, ServerRole Role, string Sha256, DateTimeOffset CreatedAt)
{
    /// <summary>
    /// True when this home made the key: its row is signed by the home's <see cref="Ledger.WorkKey"/>. A server accepts no other, since
    /// whoever can write to the ledger could make one.
    /// </summary>
    public bool IsOwn { get; init; } = true;
}
